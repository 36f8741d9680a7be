//! The rewards, judged by pictures whose faults are known because the tests made them.

mod asking;
mod degrade;
mod gentle;
mod hacking;
mod imported;
mod ladders;
mod pictures;
mod reading;
mod robust;
mod rules;
mod shapes;
mod trained;
mod unasked;
