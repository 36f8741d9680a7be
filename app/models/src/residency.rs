//! Networks that take turns in memory. A model's text encoders, denoiser and autoencoder are needed one after the other;
//! where they do not fit together, whoever comes in sends out those that are not at work, and is loaded again later.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use candle_core::{DType, Device, Result, Tensor};

use crate::ModelError;
use crate::checkpoint::names::Rename;
use crate::checkpoint::{Built, Checkpoint, Weights};
use crate::store::free_bytes;
use retake_tensors::is_out_of_memory;

/// What is left free for the pictures and tensors on the way, as a share of what there is.
const LEFT_FREE: f64 = 0.2;

/// The memory that the networks of one model share.
pub struct House {
    /// bytes that they may hold together; the largest alone may hold more
    limit: AtomicU64,
    parts: Mutex<Vec<Weak<dyn Tenant>>>,
    /// guidance is computed one call after the other
    frugal: AtomicU64,
}

/// A network, as the house sees it.
trait Tenant: Send + Sync {
    /// what it holds now
    fn bytes(&self) -> u64;
    /// what it holds when it is there
    fn size(&self) -> u64;
    /// goes, unless it is at work
    fn leave(&self);
}

/// A network that can be put away and fetched again.
pub(crate) struct Part<N> {
    room: Arc<Room<N>>,
    house: Arc<House>,
}

/// Makes a network anew from its files.
type Load<N> = Box<dyn Fn() -> std::result::Result<Built<N>, ModelError> + Send + Sync>;

struct Room<N> {
    bytes: u64,
    held: Mutex<Option<Arc<N>>>,
    load: Load<N>,
}

impl House {
    /// Of what a device has free now, less a share for the work itself.
    pub(crate) fn of(device: &Device) -> Arc<Self> {
        let limit =
            free_bytes(device).map_or(u64::MAX, |free| (free as f64 * (1.0 - LEFT_FREE)) as u64);
        Self::with(limit)
    }

    /// Of so many bytes.
    pub(crate) fn with(limit: u64) -> Arc<Self> {
        Arc::new(Self {
            limit: AtomicU64::new(limit),
            parts: Mutex::default(),
            frugal: AtomicU64::new(0),
        })
    }

    /// Memory has run out: from now on networks take turns and work is done in smaller pieces. False if that was so
    /// already.
    pub(crate) fn tighten(&self) -> bool {
        let first = self.frugal.swap(1, Ordering::Relaxed) == 0;
        self.limit.store(0, Ordering::Relaxed);
        self.make_room(0);
        first
    }

    /// Bytes of the largest of the networks, whether it is in memory now or not.
    pub(crate) fn largest(&self) -> u64 {
        let parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        let tenants = parts.iter().filter_map(Weak::upgrade);
        tenants.map(|tenant| tenant.size()).max().unwrap_or(0)
    }

    /// Whether work is to be done in small pieces.
    pub(crate) fn is_tight(&self) -> bool {
        self.frugal.load(Ordering::Relaxed) != 0
    }

    /// Sends out idle networks, the largest first, until so many more bytes fit.
    fn make_room(&self, more: u64) {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.retain(|part| part.strong_count() > 0);
        let mut tenants: Vec<Arc<dyn Tenant>> = parts.iter().filter_map(Weak::upgrade).collect();
        drop(parts);
        tenants.sort_by_key(|tenant| std::cmp::Reverse(tenant.bytes()));
        let limit = self.limit.load(Ordering::Relaxed);
        for i in 0..tenants.len() {
            let held: u64 = tenants.iter().map(|tenant| tenant.bytes()).sum();
            if held.saturating_add(more) <= limit {
                return;
            }
            tenants[i].leave();
        }
    }
}

/// What a network's matrices are held in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// 32 bits, if nothing else is asked
    Full,
    /// as its files have them, if nothing else is asked
    AsWritten,
}

impl<N: Send + Sync + 'static> Part<N> {
    /// Loads the network of a part of a checkpoint.
    ///
    /// # Errors
    /// Those of the weights, and when it alone is larger than what is free.
    pub(crate) fn of(
        (house, device): (&Arc<House>, &Device),
        checkpoint: &Checkpoint,
        part: &'static str,
        renames: &'static [Rename],
        held: Held,
        make: impl Fn(Weights) -> Result<N> + Send + Sync + 'static,
    ) -> std::result::Result<(Self, [u8; 32]), ModelError> {
        let tensors = checkpoint.tensors(part, renames)?;
        let full = checkpoint.precision().unwrap_or(DType::F32);
        let bytes = tensors.held_bytes(match held {
            Held::Full => full.size_in_bytes() as u64,
            Held::AsWritten => tensors.written_bytes(),
        });
        house.make_room(bytes);
        fits(part, bytes, free_bytes(device), device)?;
        let (checkpoint, device) = (checkpoint.clone(), device.clone());
        Self::new(house, bytes, move || {
            let tensors = checkpoint.tensors(part, renames)?;
            match held {
                Held::Full => tensors.build(&device, full, &make),
                Held::AsWritten => tensors.build_as_written(&device, &make),
            }
        })
    }

    /// Loads a network that takes so many bytes, and its fingerprint; later it may be loaded again.
    pub(crate) fn new(
        house: &Arc<House>,
        bytes: u64,
        load: impl Fn() -> std::result::Result<Built<N>, ModelError> + Send + Sync + 'static,
    ) -> std::result::Result<(Self, [u8; 32]), ModelError> {
        house.make_room(bytes);
        let Built {
            network,
            fingerprint,
        } = load()?;
        let room = Arc::new(Room {
            bytes,
            held: Mutex::new(Some(Arc::new(network))),
            load: Box::new(load),
        });
        let tenant: Arc<dyn Tenant> = room.clone();
        let mut parts = house.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.push(Arc::downgrade(&tenant));
        drop(parts);
        let house = house.clone();
        Ok((Self { room, house }, fingerprint))
    }

    /// The network, loaded again if it had been sent out. Hold it no longer than the work takes.
    pub(crate) fn get(&self) -> Result<Arc<N>> {
        let at_home = |room: &Room<N>| room.held().clone();
        if let Some(network) = at_home(&self.room) {
            return Ok(network);
        }
        self.house.make_room(self.room.bytes);
        let mut held = self.room.held();
        if let Some(network) = &*held {
            return Ok(network.clone());
        }
        let built =
            (self.room.load)().map_err(|error| candle_core::Error::Msg(error.to_string()))?;
        Ok(held.insert(Arc::new(built.network)).clone())
    }
}

impl<N> Room<N> {
    fn held(&self) -> std::sync::MutexGuard<'_, Option<Arc<N>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<N: Send + Sync> Tenant for Room<N> {
    fn bytes(&self) -> u64 {
        self.held().as_ref().map_or(0, |_| self.bytes)
    }
    fn size(&self) -> u64 {
        self.bytes
    }

    fn leave(&self) {
        let mut held = self.held();
        if held
            .as_ref()
            .is_some_and(|network| Arc::strong_count(network) == 1)
        {
            *held = None;
        }
    }
}

/// Refuses a part that is larger than all that is free.
fn fits(
    part: &str,
    bytes: u64,
    free: Option<u64>,
    device: &Device,
) -> std::result::Result<(), ModelError> {
    let gigabytes = |bytes: u64| bytes as f64 / 1e9;
    match free {
        Some(free) if bytes > free => Err(ModelError::Machine(format!(
            "the model's {part} needs {:.1} GB of {} memory and {:.1} GB are free; close other programs, or take a smaller model or a GGUF file of this one",
            gigabytes(bytes),
            if device.is_cpu() {
                "the machine's"
            } else {
                "the graphics card's"
            },
            gigabytes(free)
        ))),
        _ => Ok(()),
    }
}

/// Does the work, and if a graphics card's memory runs out does it once more with less of it.
pub(crate) fn frugally<T, E: std::fmt::Display>(
    house: &House,
    mut work: impl FnMut() -> std::result::Result<T, E>,
) -> std::result::Result<T, E> {
    match work() {
        Err(error) if is_out_of_memory(&error.to_string()) && house.tighten() => work(),
        answer => answer,
    }
}

/// Calls the network for all pictures of a batch together, or where memory is short for each by itself.
pub(crate) fn one_by_one(
    house: &House,
    latents: &Tensor,
    text: &Tensor,
    call: impl Fn(&Tensor, &Tensor) -> Result<Tensor>,
) -> Result<Tensor> {
    let batch = latents.dim(0)?;
    if batch == 1 || !house.is_tight() {
        return call(latents, text);
    }
    let answers = (0..batch)
        .map(|i| call(&latents.narrow(0, i, 1)?, &text.narrow(0, i, 1)?))
        .collect::<Result<Vec<_>>>()?;
    Tensor::cat(&answers, 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    /// Counts how often it was loaded.
    fn part(house: &Arc<House>, bytes: u64) -> (Part<u64>, Arc<AtomicUsize>) {
        let loads = Arc::new(AtomicUsize::new(0));
        let counted = loads.clone();
        let load = move || {
            counted.fetch_add(1, Ordering::Relaxed);
            Ok(Built {
                network: bytes,
                fingerprint: [0; 32],
            })
        };
        let (part, _) = Part::new(house, bytes, load).expect("loaded");
        (part, loads)
    }

    fn loads(loads: &AtomicUsize) -> usize {
        loads.load(Ordering::Relaxed)
    }

    #[test]
    fn what_fits_together_stays() {
        let house = House::with(10);
        let (a, loads_a) = part(&house, 4);
        let (b, loads_b) = part(&house, 6);
        for _ in 0..3 {
            assert_eq!((*a.get().expect("a"), *b.get().expect("b")), (4, 6));
        }
        assert_eq!((loads(&loads_a), loads(&loads_b)), (1, 1));
    }

    #[test]
    fn the_largest_goes_where_all_do_not_fit_and_comes_back() {
        let house = House::with(10);
        let (small, loads_small) = part(&house, 2);
        let (large, loads_large) = part(&house, 7);
        let (other, _) = part(&house, 8);
        assert_eq!(*small.get().expect("it stayed"), 2);
        assert_eq!(loads(&loads_small), 1);
        assert_eq!(*large.get().expect("it came back"), 7);
        assert_eq!(loads(&loads_large), 2);
        assert_eq!(other.room.bytes(), 0);
    }

    #[test]
    fn a_part_that_is_larger_than_all_that_is_free_is_refused_with_both_figures() {
        let said = fits(
            "transformer",
            24_000_000_000,
            Some(9_500_000_000),
            &Device::Cpu,
        );
        let said = said.expect_err("a refusal").to_string();
        assert!(
            said.contains("24.0 GB") && said.contains("9.5 GB"),
            "{said}"
        );
        assert!(fits("vae", 1, None, &Device::Cpu).is_ok());
    }

    #[test]
    fn who_is_at_work_is_not_sent_out() {
        let house = House::with(5);
        let (a, loads_a) = part(&house, 4);
        let at_work = a.get().expect("a");
        let (_b, _) = part(&house, 4);
        drop(at_work);
        a.get().expect("a");
        assert_eq!(loads(&loads_a), 1);
    }

    #[test]
    fn work_that_runs_out_of_memory_is_done_once_more_with_less() {
        let house = House::with(u64::MAX);
        let (a, _) = part(&house, 4);
        let mut tries = 0;
        let answer = frugally(&house, || {
            tries += 1;
            if house.is_tight() {
                Ok(7)
            } else {
                candle_core::bail!("DriverError(CUDA_ERROR_OUT_OF_MEMORY, \"out of memory\")")
            }
        });
        assert_eq!((answer.expect("an answer"), tries), (7, 2));
        assert_eq!(a.room.bytes(), 0);
    }

    #[test]
    fn a_batch_is_answered_the_same_one_by_one() {
        let batch = Tensor::arange(0f32, 6.0, &Device::Cpu)
            .and_then(|x| x.reshape((3, 2)))
            .expect("a batch");
        let calls = AtomicUsize::new(0);
        let answer = |house: &House| {
            let answer = one_by_one(house, &batch, &batch, |a, b| {
                calls.fetch_add(1, Ordering::Relaxed);
                a + b
            });
            answer.and_then(|x| x.to_vec2::<f32>()).expect("an answer")
        };
        let house = House::with(u64::MAX);
        let together = answer(&house);
        house.tighten();
        assert_eq!(answer(&house), together);
        assert_eq!(loads(&calls), 4);
    }

    #[test]
    fn what_fails_for_good_fails_after_two_tries() {
        let house = House::with(u64::MAX);
        let mut tries = 0;
        let answer: Result<()> = frugally(&house, || {
            tries += 1;
            candle_core::bail!("out of memory")
        });
        assert!(answer.is_err_and(|error| is_out_of_memory(&error.to_string())));
        assert_eq!(tries, 2);
        let answer: Result<()> = frugally(&house, || candle_core::bail!("shape mismatch"));
        assert!(answer.is_err_and(|error| !is_out_of_memory(&error.to_string())));
    }
}
