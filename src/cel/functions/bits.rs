//! Integers as rows of bits.

use super::Kind::{Int, Uint};
use super::arguments::{Answer, Arguments, int, integer, mismatch, take, unsigned};
use super::{Row, takes};
use crate::cel::values::{self, Outcome, fault};
use ::cel::common::value::CowVal;

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "math.bitAnd",
        member: false,
        signatures: &[takes(&[Int, Int], Int), takes(&[Uint, Uint], Uint)],
        doc: "the bits that two integers have in common",
        example: "math.bitAnd(6, 3) == 2",
        implementation: and,
    },
    Row {
        name: "math.bitOr",
        member: false,
        signatures: &[takes(&[Int, Int], Int), takes(&[Uint, Uint], Uint)],
        doc: "the bits that either of two integers has",
        example: "math.bitOr(6, 3) == 7",
        implementation: or,
    },
    Row {
        name: "math.bitXor",
        member: false,
        signatures: &[takes(&[Int, Int], Int), takes(&[Uint, Uint], Uint)],
        doc: "the bits that only one of two integers has",
        example: "math.bitXor(6, 3) == 5",
        implementation: xor,
    },
    Row {
        name: "math.bitNot",
        member: false,
        signatures: &[takes(&[Int], Int), takes(&[Uint], Uint)],
        doc: "the bits that an integer does not have",
        example: "math.bitNot(0) == -1",
        implementation: not,
    },
    Row {
        name: "math.bitShiftLeft",
        member: false,
        signatures: &[takes(&[Int, Int], Int), takes(&[Uint, Int], Uint)],
        doc: "the bits moved to the left; those that leave are lost",
        example: "math.bitShiftLeft(1, 4) == 16",
        implementation: left,
    },
    Row {
        name: "math.bitShiftRight",
        member: false,
        signatures: &[takes(&[Int, Int], Int), takes(&[Uint, Int], Uint)],
        doc: "the bits moved to the right; zeros come in, for negative integers too",
        example: "math.bitShiftRight(16, 4) == 1",
        implementation: right,
    },
];

/// The bits of an integer, and whether it has a sign.
fn row(value: &CowVal<'_, '_>) -> Outcome<(u64, bool)> {
    match (values::int(value.as_ref()), values::uint(value.as_ref())) {
        (Some(int), _) => Ok((int.cast_unsigned(), true)),
        (_, Some(uint)) => Ok((uint, false)),
        _ => Err(mismatch("an integer", value.as_ref())),
    }
}

fn answer<'b, 'v>(row: u64, signed: bool) -> Answer<'b, 'v> {
    if signed { integer(row.cast_signed()) } else { unsigned(row) }
}

fn combined<'b, 'v>(args: Arguments<'b, 'v>, how: fn(u64, u64) -> u64) -> Answer<'b, 'v> {
    let [a, b] = take(args)?;
    let ((x, signed), (y, other)) = (row(&a)?, row(&b)?);
    if signed != other {
        return Err(mismatch(fault::kind(a.as_ref()), b.as_ref()));
    }
    answer(how(x, y), signed)
}

fn and<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    combined(args, |a, b| a & b)
}

fn or<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    combined(args, |a, b| a | b)
}

fn xor<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    combined(args, |a, b| a ^ b)
}

fn not<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    let (bits, signed) = row(&value)?;
    answer(!bits, signed)
}

fn shifted<'b, 'v>(args: Arguments<'b, 'v>, how: fn(u64, u32) -> Option<u64>) -> Answer<'b, 'v> {
    let [value, places] = take(args)?;
    let (bits, signed) = row(&value)?;
    let places = int(&places)?;
    if places < 0 {
        return Err(fault::index("bits are moved by a number of places from 0 on"));
    }
    // Beyond 64 places no bit is left.
    let places = u32::try_from(places).unwrap_or(u32::MAX);
    answer(how(bits, places).unwrap_or(0), signed)
}

fn left<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    shifted(args, u64::checked_shl)
}

fn right<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    shifted(args, u64::checked_shr)
}
