/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The labels of decode errors, which test vectors and tools print. */
#include "wl-decode-error.h"

static const char *const labels[WL_DECODE_N_ERRORS] = {
    [WL_DECODE_OK] = "ok",
    [WL_DECODE_EMPTY] = "empty",
    [WL_DECODE_TRUNCATED] = "truncated",
    [WL_DECODE_ATTRIBUTE_ZERO] = "attribute-zero",
    [WL_DECODE_ATTRIBUTE_UNKNOWN] = "attribute-unknown",
    [WL_DECODE_VARINT_OVERFLOW] = "varint-overflow",
    [WL_DECODE_TTL_RANGE] = "ttl-range",
    [WL_DECODE_V4_MAPPED] = "v4-mapped",
    [WL_DECODE_PREFIX_RANGE] = "prefix-range",
    [WL_DECODE_METADATA_LENGTH] = "metadata-length",
    [WL_DECODE_METADATA_ATTR_LENGTH] = "metadata-attr-length",
    [WL_DECODE_METADATA_DUPLICATE] = "metadata-duplicate",
    [WL_DECODE_METADATA_NAME_UTF8] = "metadata-name-utf8",
    [WL_DECODE_METADATA_BASIC] = "metadata-basic",
    [WL_DECODE_NESTED_GROUP] = "nested-group",
};

const char *
wl_decode_error_label(WlDecodeError error)
{
    return (guint) error < G_N_ELEMENTS(labels) ? labels[error] : "unknown";
}
