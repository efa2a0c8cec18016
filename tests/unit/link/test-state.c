/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses and routes that the kernel removes from a link are restored, and no others. Requires
 * root for a network namespace.
 */
#include <net/if.h>
#include <string.h>

#include "link-test-util.h"
#include "wl-network-monitor.h"

#define LINK_LOCAL "fe80::1:2:3:4"

static guint resets, losses;

/* Restores the link-local address at once and the rest at the end of the burst, as the service
 * does.
 */
static void
on_address_removed(WlNetworkMonitor *monitor, const WlPrefix *address, gpointer user_data)
{
    WlPrefix ours = test_prefix(LINK_LOCAL "/64");

    losses++;
    if (!wl_prefix_equal(&ours, address))
        return;
    test_run("sh -c 'echo 0 > /proc/sys/net/ipv6/conf/wlt0/disable_ipv6'");
    test_run("ip address replace " LINK_LOCAL "/64 dev wlt0 nodad");
}

static void
on_reset(WlNetworkMonitor *monitor, gpointer user_data)
{
    g_autoptr(GError) error = NULL;

    resets++;
    wl_network_monitor_restore_link(monitor, &error);
    g_assert_no_error(error);
}

static char *
state(void)
{
    static const char *const commands[] = {
        "ip -o address show dev wlt0",
        "ip -4 route show table all dev wlt0",
        "ip -6 route show table all dev wlt0",
    };
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        g_autofree char *output = NULL;

        g_assert_true(g_spawn_command_line_sync(commands[i], &output, NULL, NULL, NULL));
        g_string_append(text, output);
    }
    g_string_replace(text, " linkdown", "", 0);
    return g_string_free(text, FALSE);
}

static WlNetworkMonitor *
make(void)
{
    static const WlNetworkMonitorEvents events = {.link_address_removed = on_address_removed,
                                                  .link_reset = on_reset};
    g_autoptr(GError) error = NULL;
    WlNetworkMonitor *monitor;

    resets = losses = 0;
    test_run("ip tuntap add wlt0 mode tun");
    test_run("sh -c 'echo 1 > /proc/sys/net/ipv6/conf/wlt0/addr_gen_mode'");
    test_run("ip link set wlt0 up");
    test_run("ip address add " LINK_LOCAL "/64 dev wlt0 nodad");
    test_run("ip address add 10.77.0.2/24 dev wlt0 noprefixroute");
    monitor = wl_network_monitor_new((int) if_nametoindex("wlt0"), &events, NULL, &error);
    g_assert_no_error(error);
    /* before and after the monitor reads the link */
    test_run("ip address add fd77::2/64 dev wlt0 noprefixroute nodad");
    test_run("ip route add 10.77.0.0/24 dev wlt0 src 10.77.0.2 metric 50 protocol kernel");
    test_run("ip route add 10.88.0.0/16 dev wlt0 metric 50 protocol static");
    test_run("ip route add 10.99.0.0/16 dev wlt0 table 1234");
    test_run("ip -6 route add fd77::/64 dev wlt0 metric 50 protocol kernel");
    test_run("ip -6 route add fd88::/64 dev wlt0 metric 7 src fd77::2");
    return monitor;
}

static gboolean
is_state(gpointer expected)
{
    g_autofree char *now = state();

    return g_str_equal(now, expected);
}

static gboolean
was_reset(gpointer user_data)
{
    return resets > 0;
}

static gboolean
has_lost(gpointer user_data)
{
    return losses >= GPOINTER_TO_UINT(user_data);
}

static void
test_down(void)
{
    g_autoptr(WlNetworkMonitor) monitor = make();
    g_autofree char *before = state();

    for (guint i = 0; i < 2; i++) {
        test_settle();
        test_run("ip link set wlt0 down");
        test_run("ip link set wlt0 up");
        resets = 0;
        test_wait(was_reset, NULL);
        test_wait(is_state, before);
    }
    test_run("ip link delete wlt0");
}

static gboolean
has_no_link_local(gpointer user_data)
{
    g_autofree char *now = state();

    return !strstr(now, LINK_LOCAL);
}

static void
test_down_for_a_while(void)
{
    g_autoptr(WlNetworkMonitor) monitor = make();
    g_autofree char *before = state();

    test_settle();
    losses = 0;
    test_run("ip link set wlt0 down");
    test_wait(has_lost, GUINT_TO_POINTER(1));
    g_assert_false(has_no_link_local(NULL));
    g_assert_cmpuint(resets, ==, 0);
    test_run("ip link set wlt0 up");
    test_wait(was_reset, NULL);
    test_wait(is_state, before);
    test_run("ip link delete wlt0");
}

static void
test_ipv6_off(void)
{
    g_autoptr(WlNetworkMonitor) monitor = make();
    g_autofree char *before = state();

    test_settle();
    test_run("sh -c 'echo 1 > /proc/sys/net/ipv6/conf/wlt0/disable_ipv6'");
    test_wait(was_reset, NULL);
    test_wait(is_state, before);
    test_run("ip link delete wlt0");
}

/* A program removes what it added. */
static void
test_on_purpose(void)
{
    g_autoptr(WlNetworkMonitor) monitor = make();
    g_autofree char *after = NULL;

    test_settle();
    losses = 0;
    test_run("ip route delete 10.88.0.0/16 dev wlt0");
    test_run("ip -6 route delete fd88::/64 dev wlt0 metric 7");
    test_run("ip address delete fd77::2/64 dev wlt0");
    test_wait(has_lost, GUINT_TO_POINTER(1));
    after = state();
    g_assert_cmpuint(resets, ==, 0);
    g_assert_null(strstr(after, "fd77::2"));
    /* a later reset does not restore them */
    test_run("ip link set wlt0 down");
    test_run("ip link set wlt0 up");
    test_wait(was_reset, NULL);
    test_wait(is_state, after);
    test_run("ip link delete wlt0");
}

int
main(int argc, char **argv)
{
    test_enter_namespaces();
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/link/state/down", test_down);
    g_test_add_func("/link/state/down-for-a-while", test_down_for_a_while);
    g_test_add_func("/link/state/ipv6-off", test_ipv6_off);
    g_test_add_func("/link/state/on-purpose", test_on_purpose);
    return g_test_run();
}
