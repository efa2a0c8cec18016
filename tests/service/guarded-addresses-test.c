/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which addresses the loop guard watches. */
#include <string.h>

#include "wl-guarded-addresses.h"
#include "wl-network-address.h"

enum { LINK = 7, OTHER_LINK = 8 };

/* Texts are lists separated by blanks; an interface precedes each visible address. */
static const struct {
    const char *configured, *own, *visible, *expected;
} rows[] = {
    {"", "", "", ""},
    {"10.77.0.2/24 fd77::2/64", "", "", "7:10.77.0.2 7:fd77::2"},
    /* the link-local address is no source outside; the same address twice is one */
    {"10.77.0.2/24", "fe80::1/64 10.77.0.2/24", "", "7:10.77.0.2"},
    /* another program added an address to the link */
    {"", "10.9.0.1/32", "2:192.0.2.7/24", "7:10.9.0.1"},
    /* the tunnel of another profile, and other interfaces */
    {"10.77.0.2/24", "", "2:192.0.2.7/24 8:10.78.0.2/24 8:fe80::2/64", "7:10.77.0.2 8:10.78.0.2"},
    /* the host uses the address of its uplink in the tunnel, too */
    {"192.0.2.7/32 fd77::2/64", "192.0.2.7/32", "2:192.0.2.7/24", "7:fd77::2"},
    /* two tunnels with one address: each may send it */
    {"10.77.0.2/24", "", "8:10.77.0.2/24", "7:10.77.0.2"},
};

static GArray *
parse_prefixes(const char *text)
{
    GArray *array = g_array_new(FALSE, TRUE, sizeof(WlPrefix));
    g_auto(GStrv) words = g_strsplit(text, " ", -1);

    for (guint i = 0; words[i] && *words[i]; i++) {
        WlPrefix prefix;

        g_assert_true(wl_prefix_parse(words[i], &prefix));
        g_array_append_val(array, prefix);
    }
    return array;
}

static GArray *
parse_visible(const char *text)
{
    GArray *array = g_array_new(FALSE, TRUE, sizeof(WlNetworkAddress));
    g_auto(GStrv) words = g_strsplit(text, " ", -1);

    for (guint i = 0; words[i] && *words[i]; i++) {
        WlNetworkAddress address = {.ifindex = words[i][0] - '0'};

        g_assert_true(wl_prefix_parse(words[i] + 2, &address.address));
        address.tunnel = address.ifindex == OTHER_LINK;
        address.usable = address.ifindex != 3;
        g_array_append_val(array, address);
    }
    return array;
}

static char *
to_text(const GArray *list)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < list->len; i++) {
        const WlLoopGuardAddress *entry = &g_array_index(list, WlLoopGuardAddress, i);
        g_autofree char *address = wl_ip_to_string(&entry->address);

        g_string_append_printf(text, "%s%d:%s", i ? " " : "", entry->ifindex, address);
    }
    return g_string_free(text, FALSE);
}

static void
test_rows(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GArray) configured = parse_prefixes(rows[i].configured);
        g_autoptr(GArray) own = parse_prefixes(rows[i].own);
        g_autoptr(GArray) visible = parse_visible(rows[i].visible);
        g_autoptr(GArray) list = wl_guarded_addresses(configured, own, visible, LINK);
        g_autofree char *text = to_text(list);

        g_assert_cmpstr(text, ==, rows[i].expected);
    }
}

/* Interface 3 has an address that is not assigned yet. */
static const struct {
    const char *configured, *own, *visible;
    gboolean v4, v6;
} alone_rows[] = {
    {"10.77.0.2/24 fd77::2/64", "", "", TRUE, TRUE},
    {"10.77.0.2/24 fd77::2/64", "", "2:192.0.2.7/24 2:fe80::7/64", FALSE, TRUE},
    {"10.77.0.2/24 fd77::2/64", "", "3:192.0.2.7/24 3:2001:db8::7/64", TRUE, TRUE},
    {"10.77.0.2/24 fd77::2/64", "", "1:127.0.0.1/8 1:::1/128", TRUE, TRUE},
    /* through the tunnel of another profile */
    {"10.77.0.2/24 fd77::2/64", "", "8:10.78.0.2/24", FALSE, TRUE},
    /* the link has no address that could be taken */
    {"fd77::2/64", "fe80::1/64", "", FALSE, TRUE},
    {"", "10.9.0.1/32", "", TRUE, FALSE},
};

static void
test_alone(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(alone_rows); i++) {
        g_autoptr(GArray) configured = parse_prefixes(alone_rows[i].configured);
        g_autoptr(GArray) own = parse_prefixes(alone_rows[i].own);
        g_autoptr(GArray) visible = parse_visible(alone_rows[i].visible);

        g_assert_cmpint(wl_guarded_family_is_alone(configured, own, visible, WL_FAMILY_V4), ==,
                        alone_rows[i].v4);
        g_assert_cmpint(wl_guarded_family_is_alone(configured, own, visible, WL_FAMILY_V6), ==,
                        alone_rows[i].v6);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/guarded-addresses/rows", test_rows);
    g_test_add_func("/guarded-addresses/alone", test_alone);
    return g_test_run();
}
