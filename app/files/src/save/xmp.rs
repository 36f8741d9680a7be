//! XMP packets: what of the source's packet is still true, without location when that is asked, and with the
//! provenance of the edit in Retake's own namespace.

use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, Writer};

/// A name, not an address: `.invalid` never resolves (RFC 6761, 6.4).
pub(super) const NAMESPACE: &str = "https://retake.invalid/ns/1.0/";
const PROVENANCE: &str = "retake:provenance";
/// No longer true of the edit, or stored elsewhere.
const UNTRUE: [&str; 8] = [
    "tiff:Orientation",
    "tiff:ImageWidth",
    "tiff:ImageLength",
    "exif:PixelXDimension",
    "exif:PixelYDimension",
    "xmp:Thumbnails",
    "xap:Thumbnails",
    "xmpNote:HasExtendedXMP",
];
/// Places by name, in whatever namespace: Photoshop, IPTC Core and Extension, and their imitators.
const PLACES: [&str; 11] = [
    "City",
    "State",
    "Country",
    "CountryCode",
    "CountryName",
    "Location",
    "Sublocation",
    "ProvinceState",
    "LocationCreated",
    "LocationShown",
    "WorldRegion",
];

/// It is not well-formed XML with an RDF element.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unreadable;

/// The packet to write. `None` when there is nothing to say.
pub(super) fn packet(
    carried: Option<&[u8]>,
    keep_location: bool,
    provenance: Option<&str>,
) -> Result<Option<String>, Unreadable> {
    let ours = provenance.map(description).unwrap_or_default();
    let body = match carried {
        Some(carried) => merged(carried, keep_location, &ours)?,
        None if ours.is_empty() => return Ok(None),
        None => format!(
            "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"{RDF}\">{ours}</rdf:RDF></x:xmpmeta>"
        ),
    };
    Ok(Some(format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>{body}<?xpacket end=\"w\"?>"
    )))
}

const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

fn description(provenance: &str) -> String {
    // XML 1.0 has no way to write control characters; JSON's own escapes never need them raw.
    let text: String = provenance
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect();
    let text = quick_xml::escape::partial_escape(text.as_str());
    format!(
        "<rdf:Description xmlns:rdf=\"{RDF}\" rdf:about=\"\" xmlns:retake=\"{NAMESPACE}\">\
         <retake:provenance>{text}</retake:provenance></rdf:Description>"
    )
}

fn goes(name: &str, keep_location: bool) -> bool {
    let local = name.rsplit(':').next().unwrap_or(name);
    let place = || {
        local
            .get(..3)
            .is_some_and(|start| start.eq_ignore_ascii_case("gps"))
            || PLACES.contains(&local)
    };
    name.starts_with("retake:") || UNTRUE.contains(&name) || (!keep_location && place())
}

fn merged(carried: &[u8], keep_location: bool, ours: &str) -> Result<String, Unreadable> {
    let text = std::str::from_utf8(carried).map_err(|_| Unreadable)?;
    let text = text.trim_start_matches('\u{feff}').trim_end_matches('\0');
    let mut reader = Reader::from_str(text);
    let mut writer = Writer::new(Vec::with_capacity(text.len() + ours.len()));
    let (mut depth, mut skipping, mut told) = (0usize, None, false);
    loop {
        let event = reader.read_event().map_err(|_| Unreadable)?;
        match &event {
            Event::Eof => break,
            Event::Start(start) => {
                depth += 1;
                if skipping.is_none() && goes(start.name().as_ref(), keep_location) {
                    skipping = Some(depth);
                }
            }
            Event::End(_) => {
                let over = skipping == Some(depth);
                depth = depth.checked_sub(1).ok_or(Unreadable)?;
                if over {
                    skipping = None;
                    continue;
                }
            }
            _ => {}
        }
        if skipping.is_some() {
            continue;
        }
        let result = match event {
            Event::Start(start) => {
                writer.write_event(Event::Start(filtered(&start, keep_location)?))
            }
            Event::Empty(start) if goes(start.name().as_ref(), keep_location) => Ok(()),
            Event::Empty(start) if is_rdf(start.name().as_ref()) && !told => {
                told = true;
                let start = filtered(&start, keep_location)?;
                let end = start.to_end().into_owned();
                writer
                    .write_event(Event::Start(start))
                    .and_then(|()| writer.write_event(raw(ours)))
                    .and_then(|()| writer.write_event(Event::End(end)))
            }
            Event::Empty(start) => {
                writer.write_event(Event::Empty(filtered(&start, keep_location)?))
            }
            Event::End(end) if is_rdf(end.name().as_ref()) && !told => {
                told = true;
                writer
                    .write_event(raw(ours))
                    .and_then(|()| writer.write_event(Event::End(end)))
            }
            // The packet gets a wrapper of its own, without the padding; a DTD has no business here.
            Event::PI(_) | Event::Decl(_) | Event::DocType(_) | Event::Comment(_) => Ok(()),
            Event::Text(_) if depth == 0 => Ok(()),
            other => writer.write_event(other),
        };
        result.map_err(|_| Unreadable)?;
    }
    match depth == 0 && told {
        true => String::from_utf8(writer.into_inner()).map_err(|_| Unreadable),
        false => Err(Unreadable),
    }
}

fn raw(xml: &str) -> Event<'_> {
    Event::Text(quick_xml::events::BytesText::from_escaped(xml))
}

fn is_rdf(name: &str) -> bool {
    name == "rdf:RDF"
}

fn filtered(
    start: &BytesStart<'_>,
    keep_location: bool,
) -> Result<BytesStart<'static>, Unreadable> {
    let attributes: Vec<Attribute<'_>> = start
        .attributes()
        .collect::<Result<_, _>>()
        .map_err(|_| Unreadable)?;
    let mut out = start.to_owned();
    if attributes
        .iter()
        .any(|a| goes(a.key.as_ref(), keep_location))
    {
        out.clear_attributes();
        out.extend_attributes(
            attributes
                .into_iter()
                .filter(|a| !goes(a.key.as_ref(), keep_location)),
        );
    }
    Ok(out.into_owned())
}

/// The provenance that a packet holds.
pub(super) fn provenance(packet: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(packet).ok()?;
    let mut reader = Reader::from_str(text);
    let mut found: Option<String> = None;
    loop {
        match reader.read_event().ok()? {
            Event::Eof => return None,
            Event::Start(start) if start.name().as_ref() == PROVENANCE => {
                found = Some(String::new());
            }
            Event::End(end) if end.name().as_ref() == PROVENANCE => return found,
            Event::Text(text) => {
                if let Some(found) = &mut found {
                    found.push_str(&text.xml10_content());
                }
            }
            Event::GeneralRef(name) => {
                if let Some(found) = &mut found {
                    let entity = format!("&{};", name.xml10_content());
                    found.push_str(&quick_xml::escape::unescape(&entity).ok()?);
                }
            }
            _ => {}
        }
    }
}
