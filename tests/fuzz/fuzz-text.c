/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Fuzzes the readers of single values and the rules of untrusted text: what was read is written in
 * a form that reads the same, what is shown has no harmful character, and a name that was folded
 * folds to itself, so that a copy of a name cannot look like it and differ. */

#include <string.h>

#include "fuzz.h"
#include "wl-key.h"
#include "wl-name-fold.h"
#include "wl-text-sanitize.h"

#define MAX_TEXT  256
#define MAX_SHOWN 63

static void
check_ip(const char *text)
{
    g_autofree char *again = NULL;
    WlIp ip, other;

    if (!wl_ip_parse(text, &ip))
        return;
    again = wl_ip_to_string(&ip);
    g_assert_cmpuint(strlen(again), <, WL_ADDRESS_TEXT_SIZE);
    g_assert_true(wl_ip_parse(again, &other));
    g_assert_true(wl_ip_equal(&ip, &other));
}

static void
check_endpoint(const char *text)
{
    g_autofree char *again = NULL;
    WlEndpoint endpoint, other;

    if (!wl_endpoint_parse(text, &endpoint))
        return;
    again = wl_endpoint_to_string(&endpoint);
    g_assert_cmpuint(strlen(again), <, WL_ADDRESS_TEXT_SIZE);
    g_assert_true(wl_endpoint_parse(again, &other));
    g_assert_true(wl_endpoint_equal(&endpoint, &other));
    g_assert_cmpuint(wl_endpoint_hash(&endpoint), ==, wl_endpoint_hash(&other));
}

static void
check_prefix(const char *text)
{
    g_autofree char *again = NULL;
    WlPrefix prefix, other, masked;

    if (!wl_prefix_parse(text, &prefix))
        return;
    g_assert_cmpuint(prefix.length, <=, wl_prefix_max_length(&prefix));
    again = wl_prefix_to_string(&prefix);
    g_assert_cmpuint(strlen(again), <, WL_ADDRESS_TEXT_SIZE);
    g_assert_true(wl_prefix_parse(again, &other));
    g_assert_true(wl_prefix_equal(&prefix, &other));
    masked = wl_prefix_masked(&prefix);
    other = wl_prefix_masked(&masked);
    g_assert_true(wl_prefix_equal(&masked, &other));
    g_assert_true(wl_prefix_contains_ip(&masked, &prefix.ip));
    g_assert_true(wl_prefix_contains(&masked, &prefix) && wl_prefix_contains(&prefix, &masked));
}

static void
check_key(const char *text)
{
    char *again;
    WlKey key;

    if (!wl_key_parse(text, &key))
        return;
    again = wl_key_to_string(&key);
    g_assert_cmpstr(again, ==, text);
    wl_key_free_string(again);
}

static void
check_name(const char *text, gsize length)
{
    g_autofree char *shown = wl_text_sanitize(text, (gssize) length, MAX_SHOWN, '?');
    g_autofree char *again = wl_text_sanitize(shown, -1, MAX_SHOWN, '?');
    g_autofree char *folded = NULL, *twice = NULL;

    g_assert_true(g_utf8_validate(shown, -1, NULL));
    g_assert_cmpint(g_utf8_strlen(shown, -1), <=, MAX_SHOWN);
    for (const char *at = shown; *at; at = g_utf8_next_char(at))
        g_assert_true(wl_text_is_safe(g_utf8_get_char(at)));
    g_assert_cmpstr(shown, ==, again);
    folded = wl_name_fold(shown);
    twice = wl_name_fold(folded);
    g_assert_true(g_utf8_validate(folded, -1, NULL));
    g_assert_cmpstr(folded, ==, twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gsize length = MIN(size, MAX_TEXT);
    g_autofree char *text = g_strndup((const char *) data, length);

    check_ip(text);
    check_endpoint(text);
    check_prefix(text);
    check_key(text);
    if (length > 0)
        check_name((const char *) data, length);
    return 0;
}
