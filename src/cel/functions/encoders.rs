//! Base64.

use super::Kind::{Bytes, Text};
use super::arguments::{Answer, Arguments, bytes, mismatch, string, take, text};
use super::{Row, takes};
use crate::cel::values::fault;
use ::cel::common::types::CelBytes;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "base64.encode",
        member: false,
        signatures: &[takes(&[Bytes], Text)],
        doc: "bytes in Base64",
        example: r#"base64.encode(b"hello") == "aGVsbG8=""#,
        implementation: encode,
    },
    Row {
        name: "base64.decode",
        member: false,
        signatures: &[takes(&[Text], Bytes)],
        doc: "the bytes of a text in Base64, with padding or without",
        example: r#"string(base64.decode("aGVsbG8=")) == "hello""#,
        implementation: decode,
    },
];

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

fn encode<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    match value.downcast_ref::<CelBytes>() {
        Some(bytes) => string(BASE64.encode(bytes.inner())),
        None => Err(mismatch("bytes", value.as_ref())),
    }
}

fn decode<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    let decoded = BASE64.decode(text(&value)?);
    bytes(decoded.map_err(|error| fault::wrong(format!("the text is no Base64: {error}")))?)
}
