/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Fuzzes the fact codec with a datagram from any sender. A decoded fact has one canonical encoding,
 * which is not longer than the input and decodes to the same fact. */

#include <glib.h>

#include "fuzz.h"
#include "wl-fact-codec.h"
#include "wl-fact.h"
#include "wl-group.h"

static void
check_canonical(const WlFact *fact, gsize consumed)
{
    g_autoptr(GByteArray) once = g_byte_array_new();
    g_autoptr(GByteArray) twice = g_byte_array_new();
    g_auto(WlFact) again = {0};
    g_autofree char *text = wl_fact_describe(fact);
    gsize length;

    g_assert_nonnull(text);
    if (fact->attribute == WL_ATTRIBUTE_GROUP)
        return; /* only WlSigner encodes groups */
    wl_fact_encode(fact, once);
    g_assert_cmpuint(once->len, ==, wl_fact_encoded_size(fact));
    g_assert_cmpuint(once->len, <=, consumed);
    g_assert_cmpint(wl_fact_decode(once->data, once->len, &again, &length), ==, WL_DECODE_OK);
    g_assert_cmpuint(length, ==, once->len);
    g_assert_true(wl_fact_identity_equal(fact, &again));
    g_assert_cmpuint(wl_fact_identity_hash(fact), ==, wl_fact_identity_hash(&again));
    wl_fact_encode(&again, twice);
    g_assert_cmpmem(once->data, once->len, twice->data, twice->len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GArray) inner = wl_fact_array_new();
    g_auto(WlFact) fact = {0};
    gsize consumed;

    if (wl_fact_decode(data, size, &fact, &consumed) != WL_DECODE_OK)
        return 0;
    g_assert_cmpuint(consumed, <=, size);
    check_canonical(&fact, consumed);
    if (fact.attribute == WL_ATTRIBUTE_GROUP &&
        wl_group_decode(fact.value.group.inner, fact.value.group.inner_length, inner) ==
            WL_DECODE_OK) {
        for (guint i = 0; i < inner->len; i++)
            check_canonical(&g_array_index(inner, WlFact, i), fact.value.group.inner_length);
    }
    return 0;
}
