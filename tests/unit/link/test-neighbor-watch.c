/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Neighbor resolution between two network namespaces. Requires root. */
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "link-test-util.h"
#include "wl-neighbor-watch.h"

/* Two hosts: this one with eth0, the other one with far0 in another network namespace. */
static void
make_network(void)
{
    test_run("ip netns add far");
    test_run("ip link add eth0 type veth peer name far0 netns far");
    test_run("ip netns exec far ip address add 192.0.2.1/24 dev far0");
    test_run("ip netns exec far ip address add 2001:db8::1/64 dev far0 nodad");
    test_run("ip netns exec far ip link set far0 up");
    test_run("ip address add 192.0.2.7/24 dev eth0");
    test_run("ip address add 2001:db8::7/64 dev eth0 nodad");
    test_run("ip link set eth0 up");
}

static GString *results; /* lines such as "192.0.2.1 reachable" */

static void
on_result(const WlIp *address, guint32 ifindex, gboolean reachable, gpointer user_data)
{
    g_autofree char *text = wl_ip_to_string(address);

    g_string_append_printf(results, "%s %s\n", text, reachable ? "reachable" : "unreachable");
}

static gboolean
has_result(gpointer user_data)
{
    return strstr(results->str, user_data) != NULL;
}

static void
resolve(WlNeighborWatch *watch, const char *address, const char *interface)
{
    WlIp ip;

    g_assert_true(wl_ip_parse(address, &ip));
    wl_neighbor_watch_resolve(watch, &ip, if_nametoindex(interface));
}

/* Whether a socket of this namespace has joined a multicast group, according to the kernel. */
static gboolean
is_in_group(void)
{
    g_autofree char *table = NULL;
    g_auto(GStrv) lines = NULL;
    gboolean any = FALSE;

    g_assert_true(g_file_get_contents("/proc/net/netlink", &table, NULL, NULL));
    lines = g_strsplit(table, "\n", -1);
    for (guint i = 1; lines[i] && *lines[i]; i++) {
        guint protocol, groups;

        g_assert_cmpint(sscanf(lines[i], "%*s %u %*s %x", &protocol, &groups), ==, 2);
        any |= protocol == 0 && groups != 0;
    }
    return any;
}

static void
test_reachable(gconstpointer data)
{
    g_autoptr(WlNeighborWatch) watch = wl_neighbor_watch_new(on_result, NULL);
    g_autofree char *expected = g_strdup_printf("%s reachable\n", (const char *) data);
    gint64 begun = test_clock();

    g_string_truncate(results, 0);
    g_assert_false(is_in_group());
    resolve(watch, data, "eth0");
    test_wait(has_result, expected);
    g_assert_cmpint(test_clock() - begun, <, 2 * G_USEC_PER_SEC);
    g_assert_cmpstr(results->str, ==, expected);
    g_assert_false(is_in_group());
    /* The result for a known neighbor arrives before the call returns. */
    g_string_truncate(results, 0);
    resolve(watch, data, "eth0");
    g_assert_cmpstr(results->str, ==, expected);
    g_assert_false(is_in_group());
}

static void
test_unreachable(gconstpointer data)
{
    g_autoptr(WlNeighborWatch) watch = wl_neighbor_watch_new(on_result, NULL);
    g_autofree char *expected = g_strdup_printf("%s unreachable\n", (const char *) data);

    g_string_truncate(results, 0);
    resolve(watch, data, "eth0");
    resolve(watch, data, "eth0");
    g_assert_true(is_in_group());
    g_assert_cmpstr(results->str, ==, "");
    test_wait(has_result, expected);
    test_settle();
    g_assert_cmpstr(results->str, ==, expected); /* once */
    g_assert_false(is_in_group());
    g_assert_false(wl_neighbor_watch_is_listening(watch));
}

/* The result of one request does not end another. */
static void
test_both(void)
{
    g_autoptr(WlNeighborWatch) watch = wl_neighbor_watch_new(on_result, NULL);

    g_string_truncate(results, 0);
    test_run("ip neighbor flush dev eth0");
    resolve(watch, "192.0.2.98", "eth0");
    resolve(watch, "192.0.2.1", "eth0");
    test_wait(has_result, (gpointer) "192.0.2.1 reachable\n");
    g_assert_true(is_in_group());
    test_wait(has_result, (gpointer) "192.0.2.98 unreachable\n");
    g_assert_cmpstr(results->str, ==, "192.0.2.1 reachable\n192.0.2.98 unreachable\n");
    g_assert_false(is_in_group());
}

/* The address appears later: a failed entry is not the result of a new request. */
static void
test_appears(void)
{
    g_autoptr(WlNeighborWatch) watch = wl_neighbor_watch_new(on_result, NULL);

    g_string_truncate(results, 0);
    resolve(watch, "192.0.2.50", "eth0");
    test_wait(has_result, (gpointer) "192.0.2.50 unreachable\n");
    test_run("ip netns exec far ip address add 192.0.2.50/24 dev far0");
    resolve(watch, "192.0.2.50", "eth0");
    test_wait(has_result, (gpointer) "192.0.2.50 reachable\n");
}

/* Interfaces without neighbors, and one that does not exist. */
static void
test_without_neighbors(void)
{
    g_autoptr(WlNeighborWatch) watch = wl_neighbor_watch_new(on_result, NULL);

    g_string_truncate(results, 0);
    test_run("ip tuntap add tun0 mode tun");
    test_run("ip address add 198.51.100.1/24 dev tun0");
    test_run("ip address add 2001:db8:7::1/64 dev tun0 nodad");
    test_run("ip link set tun0 up");
    test_run("ip link add quiet type veth peer name calm");
    test_run("ip address add 203.0.113.1/24 dev quiet");
    test_run("ip link set quiet arp off up");
    test_run("ip link set calm up");
    resolve(watch, "198.51.100.9", "tun0");
    resolve(watch, "2001:db8:7::9", "tun0");
    resolve(watch, "203.0.113.9", "quiet");
    resolve(watch, "203.0.113.9", "missing");
    g_assert_cmpstr(results->str, ==,
                    "198.51.100.9 reachable\n2001:db8:7::9 reachable\n203.0.113.9 reachable\n"
                    "203.0.113.9 unreachable\n");
    g_assert_false(is_in_group());
}

/* More requests than allowed: the oldest ones end as unreachable. */
static void
test_many(void)
{
    g_autoptr(WlNeighborWatch) watch = wl_neighbor_watch_new(on_result, NULL);

    g_string_truncate(results, 0);
    for (guint i = 0; i < WL_NEIGHBOR_WATCH_MAX + 2; i++) {
        g_autofree char *address = g_strdup_printf("2001:db8::1:%x", i);
        resolve(watch, address, "eth0");
    }
    g_assert_true(has_result((gpointer) "2001:db8::1:0 unreachable\n2001:db8::1:1 unreachable\n"));
    g_assert_false(has_result((gpointer) "2001:db8::1:2 "));
    /* Freed with pending requests: no further results. */
    g_clear_pointer(&watch, wl_neighbor_watch_free);
    g_string_truncate(results, 0);
    test_settle();
    g_assert_cmpstr(results->str, ==, "");
    g_assert_false(is_in_group());
}

int
main(int argc, char **argv)
{
    test_enter_namespaces();
    g_test_init(&argc, &argv, NULL);
    make_network();
    results = g_string_new(NULL);
    g_test_add_data_func("/link/neighbor-watch/reachable/v4", "192.0.2.1", test_reachable);
    g_test_add_data_func("/link/neighbor-watch/reachable/v6", "2001:db8::1", test_reachable);
    g_test_add_data_func("/link/neighbor-watch/unreachable/v4", "192.0.2.99", test_unreachable);
    g_test_add_data_func("/link/neighbor-watch/unreachable/v6", "2001:db8::99", test_unreachable);
    g_test_add_func("/link/neighbor-watch/both", test_both);
    g_test_add_func("/link/neighbor-watch/appears", test_appears);
    g_test_add_func("/link/neighbor-watch/without", test_without_neighbors);
    g_test_add_func("/link/neighbor-watch/many", test_many);
    return g_test_run();
}
