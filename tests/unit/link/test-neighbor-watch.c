/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "link-test-util.h"
#include "wl-neighbor-watch.h"

/* A network of two: we are on eth0, the other end far0 is in a network namespace of its own. */
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

static GString *answers; /* "192.0.2.1 there" and so on, a line each */

static void
on_answer(const WlIp *address, guint32 ifindex, gboolean reachable, gpointer user_data)
{
    g_autofree char *text = wl_ip_to_string(address);

    g_string_append_printf(answers, "%s %s\n", text, reachable ? "there" : "nobody");
}

static gboolean
is_answered(gpointer user_data)
{
    return strstr(answers->str, user_data) != NULL;
}

static void
ask(WlNeighborWatch *watch, const char *address, const char *interface)
{
    WlIp ip;

    g_assert_true(wl_ip_parse(address, &ip));
    wl_neighbor_watch_resolve(watch, &ip, if_nametoindex(interface));
}

/* Whether a socket of this process has joined a group of rtnetlink: the kernel's own word. */
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
test_there(gconstpointer data)
{
    g_autoptr(WlNeighborWatch) watch = wl_neighbor_watch_new(on_answer, NULL);
    g_autofree char *expected = g_strdup_printf("%s there\n", (const char *) data);
    gint64 begun = g_get_monotonic_time();

    g_string_truncate(answers, 0);
    g_assert_false(is_in_group());
    ask(watch, data, "eth0");
    test_wait(is_answered, expected);
    g_assert_cmpint(g_get_monotonic_time() - begun, <, 2 * G_USEC_PER_SEC);
    g_assert_cmpstr(answers->str, ==, expected);
    g_assert_false(is_in_group());
    /* What is known is answered before the call returns. */
    g_string_truncate(answers, 0);
    ask(watch, data, "eth0");
    g_assert_cmpstr(answers->str, ==, expected);
    g_assert_false(is_in_group());
}

static void
test_nobody(gconstpointer data)
{
    g_autoptr(WlNeighborWatch) watch = wl_neighbor_watch_new(on_answer, NULL);
    g_autofree char *expected = g_strdup_printf("%s nobody\n", (const char *) data);

    g_string_truncate(answers, 0);
    ask(watch, data, "eth0");
    ask(watch, data, "eth0");
    g_assert_true(is_in_group());
    g_assert_cmpstr(answers->str, ==, "");
    test_wait(is_answered, expected);
    test_settle();
    g_assert_cmpstr(answers->str, ==, expected); /* once */
    g_assert_false(is_in_group());
    g_assert_false(wl_neighbor_watch_is_listening(watch));
}

/* One is there and one is not: the answer for one does not end the wait for the other. */
static void
test_both(void)
{
    g_autoptr(WlNeighborWatch) watch = wl_neighbor_watch_new(on_answer, NULL);

    g_string_truncate(answers, 0);
    test_run("ip neighbour flush dev eth0");
    ask(watch, "192.0.2.98", "eth0");
    ask(watch, "192.0.2.1", "eth0");
    test_wait(is_answered, (gpointer) "192.0.2.1 there\n");
    g_assert_true(is_in_group());
    test_wait(is_answered, (gpointer) "192.0.2.98 nobody\n");
    g_assert_cmpstr(answers->str, ==, "192.0.2.1 there\n192.0.2.98 nobody\n");
    g_assert_false(is_in_group());
}

/* Somebody who was not there, and came: a failed entry is no answer to a new question. */
static void
test_comes(void)
{
    g_autoptr(WlNeighborWatch) watch = wl_neighbor_watch_new(on_answer, NULL);

    g_string_truncate(answers, 0);
    ask(watch, "192.0.2.50", "eth0");
    test_wait(is_answered, (gpointer) "192.0.2.50 nobody\n");
    test_run("ip netns exec far ip address add 192.0.2.50/24 dev far0");
    ask(watch, "192.0.2.50", "eth0");
    test_wait(is_answered, (gpointer) "192.0.2.50 there\n");
}

/* Links that ask nobody, and one that is gone. */
static void
test_without_neighbours(void)
{
    g_autoptr(WlNeighborWatch) watch = wl_neighbor_watch_new(on_answer, NULL);

    g_string_truncate(answers, 0);
    test_run("ip tuntap add tun0 mode tun");
    test_run("ip address add 198.51.100.1/24 dev tun0");
    test_run("ip address add 2001:db8:7::1/64 dev tun0 nodad");
    test_run("ip link set tun0 up");
    test_run("ip link add quiet type veth peer name calm");
    test_run("ip address add 203.0.113.1/24 dev quiet");
    test_run("ip link set quiet arp off up");
    test_run("ip link set calm up");
    ask(watch, "198.51.100.9", "tun0");
    ask(watch, "2001:db8:7::9", "tun0");
    ask(watch, "203.0.113.9", "quiet");
    ask(watch, "203.0.113.9", "gone");
    g_assert_cmpstr(answers->str, ==,
                    "198.51.100.9 there\n2001:db8:7::9 there\n203.0.113.9 there\n"
                    "203.0.113.9 nobody\n");
    g_assert_false(is_in_group());
}

/* More than may be open: the oldest make room, and nobody is left without an answer. */
static void
test_many(void)
{
    g_autoptr(WlNeighborWatch) watch = wl_neighbor_watch_new(on_answer, NULL);

    g_string_truncate(answers, 0);
    for (guint i = 0; i < WL_NEIGHBOR_WATCH_MAX + 2; i++) {
        g_autofree char *address = g_strdup_printf("2001:db8::1:%x", i);
        ask(watch, address, "eth0");
    }
    g_assert_true(is_answered((gpointer) "2001:db8::1:0 nobody\n2001:db8::1:1 nobody\n"));
    g_assert_false(is_answered((gpointer) "2001:db8::1:2 "));
    /* Freed with questions open: nothing comes any more. */
    g_clear_pointer(&watch, wl_neighbor_watch_free);
    g_string_truncate(answers, 0);
    test_settle();
    g_assert_cmpstr(answers->str, ==, "");
    g_assert_false(is_in_group());
}

int
main(int argc, char **argv)
{
    test_enter_namespaces();
    g_test_init(&argc, &argv, NULL);
    make_network();
    answers = g_string_new(NULL);
    g_test_add_data_func("/neighbours/there/v4", "192.0.2.1", test_there);
    g_test_add_data_func("/neighbours/there/v6", "2001:db8::1", test_there);
    g_test_add_data_func("/neighbours/nobody/v4", "192.0.2.99", test_nobody);
    g_test_add_data_func("/neighbours/nobody/v6", "2001:db8::99", test_nobody);
    g_test_add_func("/neighbours/both", test_both);
    g_test_add_func("/neighbours/comes", test_comes);
    g_test_add_func("/neighbours/without", test_without_neighbours);
    g_test_add_func("/neighbours/many", test_many);
    return g_test_run();
}
