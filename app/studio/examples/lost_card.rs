//! What happens in the real window when its graphics card is lost: the window renders on its own device, whatever kind it
//! is, and after some seconds that device is destroyed. It should come back with the photo and one sentence.
//!   cargo run -p retake-studio --example lost_card -- photo.jpg 8

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use retake_darkroom::{Darkroom, Device};
use retake_engine::Kit;

fn main() -> Result<(), String> {
    let mut arguments = std::env::args().skip(1);
    let photos = arguments.next().map(PathBuf::from).into_iter().collect();
    let seconds = arguments.next().and_then(|text| text.parse().ok());
    let kit = move |device: Device| {
        let lost = device.clone();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_secs(seconds.unwrap_or(8)));
            lost.lose();
        });
        Kit {
            editors: retake_engine::Editors::default(),
            judges: retake_engine::Judges::default(),
            device: device.name(),
            eyes: retake_core::Eyes::default(),
            editor: Arc::new(Darkroom::new(device)),
            rewards: vec![(retake_rewards::REWARDS[0].new)(
                retake_core::Eyes::default(),
            )]
            .into(),
        }
    };
    retake_studio::open_window("gpu", kit, photos, None, retake_studio::LabTools::default())
}
