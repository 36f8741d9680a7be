use super::*;
use crate::server::scripted::{Act, Scripted, brisk};
use retake_core::{PhotoId, Quiet};
use serde_json::json;

/// A photo with structure, 48 × 32.
fn photo() -> Raster {
    Raster::from_fn(48, 32, |x, y| {
        let wave = 0.1 * ((x * 7 + y * 13) % 11) as f32 / 11.0;
        [0.2 + wave, 0.3 + x as f32 / 200.0, 0.2 + wave]
    })
}

fn request(source: &Arc<Raster>) -> EditRequest {
    EditRequest {
        photo: Photo::from_raster(source.clone(), PhotoId([0; 32])),
        instruction: Instruction {
            text: "paint a red square".to_owned(),
            ..Instruction::default()
        },
        seed: 7,
        source: source.clone(),
        base: None,
        like: None,
        settings: Default::default(),
    }
}

/// The same photo with a red square.
fn painted() -> Raster {
    let mut painted = photo();
    for y in 8..24 {
        for x in 12..36 {
            painted.set(x, y, [0.5, 0.02, 0.02]);
        }
    }
    painted
}

fn gives(raster: &Raster) -> Act {
    let png = pictures::png(&Shown::of(raster)).expect("encoded");
    let body = json!({ "data": [{ "b64_json": STANDARD.encode(png) }] });
    Act::Answer(200, Vec::new(), body.to_string())
}

fn editor(server: &Scripted) -> ServerEditor {
    ServerEditor::new(
        server.address(),
        "painter-1",
        Secret::new("s3cret-key"),
        brisk(),
    )
}

#[test]
fn the_servers_picture_becomes_an_edit_that_can_be_made_again_without_it() {
    let server = Scripted::new([gives(&painted())]);
    let (editor, source) = (editor(&server), Arc::new(photo()));
    let request = request(&source);
    let made = editor
        .start(&request)
        .expect("begun")
        .finish(&Quiet)
        .expect("made");
    let [r, g, _] = made.picture.at(24, 16);
    assert!(r > 0.4 && g < 0.1, "{r} {g}");
    let again = editor
        .redo(&request, &made.provenance.recipe)
        .expect("again");
    assert_eq!(again, made.picture);
    let developed = editor
        .develop(&request.photo, &request.instruction, &made.provenance)
        .expect("developed");
    assert_eq!(developed.size(), (48, 32));
    assert_eq!(server.asked().len(), 1);
    assert!(!made.provenance.recipe.to_string().contains("s3cret"));
}

#[test]
fn the_form_has_prompt_model_and_picture() {
    let server = Scripted::new([gives(&painted())]);
    let source = Arc::new(photo());
    let begun = editor(&server).start(&request(&source)).expect("begun");
    begun.finish(&Quiet).expect("made");
    let asked = &server.asked()[0];
    assert_eq!(asked.path, "/v1/images/edits");
    assert!(
        asked
            .head
            .to_lowercase()
            .contains("content-type: multipart/form-data; boundary=retake-")
    );
    let body = String::from_utf8_lossy(&asked.body);
    for part in [
        "name=\"prompt\"\r\n\r\npaint a red square\r\n",
        "name=\"model\"\r\n\r\npainter-1\r\n",
        "filename=\"photo.png\"",
    ] {
        assert!(body.contains(part), "{part}");
    }
    assert!(!body.contains("filename=\"mask.png\""));
}

#[test]
fn a_server_that_knows_no_seed_is_asked_without_one() {
    let server = Scripted::new([
        Act::fails(400, "unknown parameter: seed"),
        gives(&painted()),
    ]);
    let source = Arc::new(photo());
    let begun = editor(&server).start(&request(&source)).expect("begun");
    begun.finish(&Quiet).expect("made");
    let with_seed = |body: &[u8]| String::from_utf8_lossy(body).contains("name=\"seed\"");
    let asked = server.asked();
    assert_eq!(
        [with_seed(&asked[0].body), with_seed(&asked[1].body)],
        [true, false]
    );
}

#[test]
fn what_is_no_edit_of_the_photo_is_refused_in_a_sentence() {
    let tall = Raster::new(20, 60);
    for (act, words) in [
        (gives(&tall), "another shape"),
        (
            Act::Answer(200, Vec::new(), "{\"data\": []}".to_owned()),
            "without a picture",
        ),
        (
            Act::Answer(
                200,
                Vec::new(),
                json!({ "data": [{ "b64_json": "aGVsbG8=" }] }).to_string(),
            ),
            "cannot be read",
        ),
        (Act::fails(500, "out of memory"), "out of memory"),
    ] {
        let server = Scripted::new([act]);
        let source = Arc::new(photo());
        let begun = editor(&server).start(&request(&source)).expect("begun");
        let error = begun
            .finish(&Quiet)
            .map(|_| ())
            .expect_err(words)
            .said()
            .to_string();
        assert!(error.contains(words), "{words}: {error}");
    }
}

#[test]
fn a_painted_place_is_sent_transparent() {
    let server = Scripted::new([gives(&painted())]);
    let source = Arc::new(photo());
    let mut request = request(&source);
    request.instruction.mask = Some(Mask::from_fn(48, 32, |x, _| if x < 24 { 1.0 } else { 0.0 }));
    let begun = editor(&server).start(&request).expect("begun");
    let made = begun.finish(&Quiet).expect("made");
    assert!(String::from_utf8_lossy(&server.asked()[0].body).contains("filename=\"mask.png\""));
    // outside the mask the photo stays
    assert_eq!(made.picture.at(40, 16), source.at(40, 16));
}
