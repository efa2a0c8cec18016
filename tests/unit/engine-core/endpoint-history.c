/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which endpoints of a peer are remembered. */
#include "harness.h"
#include "state/wl-endpoint-history.h"

/* Notes the endpoints of @text, each a second after the one before, and expects @expected. */
static void
assert_history(const char *text, const char *expected)
{
    g_autoptr(GArray) history = wl_endpoint_history_new();
    g_auto(GStrv) endpoints = g_strsplit(text, " ", 0);
    g_autoptr(GString) result = g_string_new(NULL);

    for (guint i = 0; endpoints[i]; i++) {
        WlEndpoint endpoint = harness_endpoint(endpoints[i]);
        wl_endpoint_history_note(history, &endpoint, SEC(i));
    }
    for (guint i = 0; i < history->len; i++) {
        const WlPastEndpoint *past = &g_array_index(history, WlPastEndpoint, i);
        g_autofree char *shown = wl_endpoint_to_string(&past->endpoint);

        g_string_append_printf(result, "%s%s", i > 0 ? " " : "", shown);
        if (i > 0)
            g_assert_cmpint(past->seen, <, g_array_index(history, WlPastEndpoint, i - 1).seen);
    }
    g_assert_cmpstr(result->str, ==, expected);
}

static void
test_note(void)
{
    assert_history("192.0.2.1:1 192.0.2.2:1", "192.0.2.2:1 192.0.2.1:1");
    /* Seen again: the latest. */
    assert_history("192.0.2.1:1 192.0.2.2:1 192.0.2.1:1", "192.0.2.1:1 192.0.2.2:1");
    /* Another port of one address. */
    assert_history("192.0.2.1:1 192.0.2.2:1 192.0.2.1:9", "192.0.2.1:9 192.0.2.2:1");
    /* Two addresses of one /64, and those of others. */
    assert_history("[2001:db8::1]:1 [2001:db8:0:1::1]:1 [2001:db8::2]:1 [2001:db8::3]:1",
                   "[2001:db8::3]:1 [2001:db8::2]:1 [2001:db8:0:1::1]:1");
    assert_history("[2001:db8::1]:1 [2001:db8::2]:1 [2001:db8::100:0:0:1]:1",
                   "[2001:db8::100:0:0:1]:1 [2001:db8::2]:1");
    assert_history("[2001:db8::1]:1 [2001:db8:0:1::1]:1 [2001:db8::1]:1",
                   "[2001:db8::1]:1 [2001:db8:0:1::1]:1");
    /* The eight latest. */
    assert_history("192.0.2.1:1 192.0.2.2:1 192.0.2.3:1 192.0.2.4:1 192.0.2.5:1 192.0.2.6:1 "
                   "192.0.2.7:1 192.0.2.8:1 192.0.2.9:1",
                   "192.0.2.9:1 192.0.2.8:1 192.0.2.7:1 192.0.2.6:1 192.0.2.5:1 192.0.2.4:1 "
                   "192.0.2.3:1 192.0.2.2:1");
}

static void
test_forget(void)
{
    g_autoptr(GArray) history = wl_endpoint_history_new();
    WlEndpoint first = harness_endpoint("192.0.2.1:1"), second = harness_endpoint("192.0.2.2:1");

    wl_endpoint_history_renew(history, SEC(1));
    wl_endpoint_history_note(history, &first, SEC(1));
    /* Restored from the state cache: older than the one that is there. */
    wl_endpoint_history_note(history, &second, -SEC(5));
    g_assert_true(wl_endpoint_equal(&g_array_index(history, WlPastEndpoint, 1).endpoint, &second));
    wl_endpoint_history_renew(history, SEC(9));
    g_assert_cmpint(g_array_index(history, WlPastEndpoint, 0).seen, ==, SEC(9));
    g_assert_true(wl_endpoint_history_forget(history, &first));
    g_assert_false(wl_endpoint_history_forget(history, &first));
    g_assert_cmpuint(history->len, ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/endpoint-history/note", test_note);
    g_test_add_func("/endpoint-history/forget", test_forget);
    return g_test_run();
}
