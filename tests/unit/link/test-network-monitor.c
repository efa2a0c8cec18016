/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses, uplinks and default routes as the monitor reports them, and bursts of changes.
 * Requires root for a network namespace.
 */
#include <net/if.h>
#include <string.h>

#include "link-test-util.h"
#include "wl-network-monitor.h"

typedef struct {
    WlNetworkMonitor *monitor;
    guint changed, removed, deleted, down;
    WlPrefix removed_address;
    guint wanted; /* for conditions */
    gboolean free_in_changed;
} Listener;

static void
on_changed(WlNetworkMonitor *monitor, gpointer user_data)
{
    Listener *listener = user_data;

    listener->changed++;
    if (listener->free_in_changed)
        g_clear_pointer(&listener->monitor, wl_network_monitor_free);
}

static void
on_address_removed(WlNetworkMonitor *monitor, const WlPrefix *address, gpointer user_data)
{
    Listener *listener = user_data;

    listener->removed++;
    listener->removed_address = *address;
}

static void
on_deleted(WlNetworkMonitor *monitor, gpointer user_data)
{
    ((Listener *) user_data)->deleted++;
}

static void
on_down(WlNetworkMonitor *monitor, gpointer user_data)
{
    ((Listener *) user_data)->down++;
}

static void
open_monitor(Listener *listener, const char *link)
{
    static const WlNetworkMonitorEvents events = {on_changed, on_address_removed, on_deleted,
                                                  on_down};
    g_autoptr(GError) error = NULL;

    memset(listener, 0, sizeof *listener);
    listener->monitor =
        wl_network_monitor_new(link ? (int) if_nametoindex(link) : 0, &events, listener, &error);
    g_assert_no_error(error);
}

static gboolean
changed_more(gpointer user_data)
{
    Listener *listener = user_data;

    return listener->changed > listener->wanted;
}

/* Runs a command and waits until the monitor reports a change. */
static void
run_and_wait(Listener *listener, const char *command)
{
    listener->wanted = listener->changed;
    test_run(command);
    test_wait(changed_more, listener);
}

static const WlNetworkAddress *
find(Listener *listener, const char *text)
{
    const GArray *addresses = wl_network_monitor_get_addresses(listener->monitor);
    WlPrefix prefix = test_prefix(text);

    for (guint i = 0; i < addresses->len; i++) {
        const WlNetworkAddress *address = &g_array_index(addresses, WlNetworkAddress, i);

        if (wl_prefix_equal(&address->address, &prefix))
            return address;
    }
    return NULL;
}

/* Carrier and address state change with a delay. */
static gboolean
is_usable(gpointer user_data)
{
    const WlNetworkAddress *address = find(user_data, "192.0.2.7/24");

    return address && address->usable;
}

static gboolean
is_not_usable(gpointer user_data)
{
    return !is_usable(user_data);
}

static void
test_addresses(void)
{
    const WlNetworkAddress *address;
    Listener listener;

    test_run("ip link add eth0 type veth peer name far0");
    test_run("ip link set far0 up");
    open_monitor(&listener, NULL);
    address = find(&listener, "127.0.0.1/8");
    g_assert_true(address && !address->uplink && !address->source);
    test_run("ip address add 192.0.2.7/24 dev eth0");
    test_run("ip link set eth0 up");
    test_wait(is_usable, &listener);
    address = find(&listener, "192.0.2.7/24");
    g_assert_cmpstr(address->ifname, ==, "eth0");
    g_assert_cmpint(address->ifindex, ==, (int) if_nametoindex("eth0"));
    g_assert_true(address->uplink);
    /* A second address in the subnet ("secondary", a flag that means "temporary" in IPv6). */
    run_and_wait(&listener, "ip address add 192.0.2.8/24 dev eth0");
    address = find(&listener, "192.0.2.8/24");
    g_assert_true(address && address->usable);
    run_and_wait(&listener, "ip address add 2001:db8::7/64 dev eth0 nodad preferred_lft 0");
    address = find(&listener, "2001:db8::7/64");
    /* deprecated: not announced, and still a source if there is no other */
    g_assert_true(address && !address->usable && address->source);
    /* Without a carrier the address stays, but is not usable. */
    test_run("ip link set far0 down");
    test_wait(is_not_usable, &listener);
    g_assert_nonnull(find(&listener, "192.0.2.7/24"));
    run_and_wait(&listener, "ip link del eth0");
    g_assert_null(find(&listener, "192.0.2.7/24"));
    wl_network_monitor_free(listener.monitor);
}

static void
test_uplinks(void)
{
    static const struct {
        const char *command;
        gboolean uplink;
    } cases[] = {
        {"ip link add eth0 type veth peer name far0", TRUE},
        {"ip link add lan0 type veth peer name far0", TRUE},
        {"ip link add veth12ab type veth peer name far0", FALSE},
        {"ip link add vnet3 type veth peer name far0", FALSE},
        {"ip link add br0 type bridge", TRUE},
        {"ip link add docker0 type bridge", FALSE},
        {"ip link add br-0123456789ab type bridge", FALSE},
        {"ip link add virbr0 type bridge", FALSE},
        {"ip tuntap add tun0 mode tun", FALSE},
        {"ip tuntap add tap0 mode tap", FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(GStrv) words = g_strsplit(cases[i].command, " ", -1);
        const char *name = words[3];
        g_autofree char *add = g_strdup_printf("ip address add 192.0.2.7/24 dev %s", name);
        g_autofree char *up = g_strdup_printf("ip link set %s up", name);
        g_autofree char *del = g_strdup_printf("ip link del %s", name);
        const WlNetworkAddress *address;
        Listener listener;

        test_run(cases[i].command);
        test_run(add);
        test_run(up);
        open_monitor(&listener, NULL);
        address = find(&listener, "192.0.2.7/24");
        g_assert_nonnull(address);
        g_assert_cmpstr(address->ifname, ==, name);
        g_assert_cmpint(address->uplink, ==, cases[i].uplink);
        wl_network_monitor_free(listener.monitor);
        test_run(del);
    }
}

static gboolean
has_route(gpointer user_data)
{
    return *wl_network_monitor_get_uplink(((Listener *) user_data)->monitor) != '\0';
}

/* The first gateway; "" without one. */
static char *
dup_gateway(Listener *listener)
{
    g_autoptr(GArray) gateways = wl_network_monitor_dup_gateways(listener->monitor);

    return gateways->len > 0 ? wl_ip_to_string(&g_array_index(gateways, WlIp, 0)) : g_strdup("");
}

static gboolean
has_no_route(gpointer user_data)
{
    return !has_route(user_data);
}

static void
test_default_route(void)
{
    g_autofree char *gateway = NULL;
    Listener listener;
    guint before;

    test_run("ip link add eth0 type veth peer name far0");
    test_run("ip link set far0 up");
    test_run("ip link set eth0 up");
    test_run("ip address add 192.0.2.7/24 dev eth0");
    test_run("ip tuntap add tun0 mode tun");
    test_run("ip link set tun0 up");
    open_monitor(&listener, NULL);
    g_assert_false(has_route(&listener));
    g_assert_cmpstr(wl_network_monitor_get_uplink(listener.monitor), ==, "");
    /* Not in the main table, no default route, not over an uplink: no event. */
    test_run("ip route add default via 192.0.2.1 table 77");
    test_run("ip route add 198.51.100.0/24 via 192.0.2.1");
    test_run("ip route add default dev tun0 metric 5");
    before = listener.changed;
    run_and_wait(&listener, "ip route add default via 192.0.2.1 metric 9");
    test_wait(has_route, &listener);
    g_assert_true(has_route(&listener));
    g_assert_cmpstr(wl_network_monitor_get_uplink(listener.monitor), ==, "eth0");
    /* The burst may contain other changes of interfaces and addresses. */
    g_assert_cmpuint(listener.changed, <=, before + 3);
    run_and_wait(&listener, "ip route replace default via 192.0.2.2 metric 9");
    g_assert_true(has_route(&listener));
    gateway = dup_gateway(&listener);
    g_assert_cmpstr(gateway, ==, "192.0.2.2");
    run_and_wait(&listener, "ip route del default metric 9");
    g_assert_false(has_route(&listener));
    test_run("ip address add 2001:db8::7/64 dev eth0 nodad");
    run_and_wait(&listener, "ip -6 route add default via fe80::1 dev eth0");
    test_wait(has_route, &listener);
    test_run("ip -6 route del default");
    test_wait(has_no_route, &listener);
    run_and_wait(&listener, "ip route add default nexthop via 192.0.2.3 nexthop via 192.0.2.4");
    g_assert_true(has_route(&listener));
    /* The kernel removes it with its interface. */
    test_run("ip link set eth0 down");
    test_wait(has_no_route, &listener);
    wl_network_monitor_free(listener.monitor);
    test_run("ip link del eth0");
    test_run("ip link del tun0");
}

/* A default route is no uplink before its interface has an address to send with. */
static void
test_route_before_address(void)
{
    Listener listener;

    test_run("sh -c 'echo 1 > /proc/sys/net/ipv6/conf/default/addr_gen_mode'");
    test_run("ip link add eth0 type veth peer name far0");
    test_run("ip link add veth1 type veth peer name far1");
    test_run("ip address add 10.77.0.2/24 dev veth1");
    test_run("ip address add fd77::2/64 dev veth1 nodad");
    test_run("ip link set veth1 up");
    test_run("ip link set far0 up");
    test_run("ip link set eth0 up");
    open_monitor(&listener, NULL);
    run_and_wait(&listener, "ip route add default dev eth0");
    g_assert_false(has_route(&listener));
    /* of link scope */
    run_and_wait(&listener, "ip address add 169.254.7.7/16 dev eth0");
    g_assert_false(has_route(&listener));
    test_run("ip address add 192.0.2.7/24 dev eth0");
    test_wait(has_route, &listener);
    g_assert_cmpstr(wl_network_monitor_get_uplink(listener.monitor), ==, "eth0");
    test_run("ip address del 192.0.2.7/24 dev eth0");
    test_wait(has_no_route, &listener);
    test_run("ip route replace default dev eth0");
    /* of the other family */
    run_and_wait(&listener, "ip address add 2001:db8::7/64 dev eth0 nodad");
    g_assert_false(has_route(&listener));
    test_run("ip route del default");
    run_and_wait(&listener, "ip -6 route add default via fe80::1 dev eth0");
    test_wait(has_route, &listener);
    test_run("ip address del 2001:db8::7/64 dev eth0");
    test_wait(has_no_route, &listener);
    /* A long duplicate address detection without a reply, after which the address becomes
     * usable. */
    test_run("sh -c 'echo 5 > /proc/sys/net/ipv6/conf/eth0/dad_transmits'");
    run_and_wait(&listener, "ip address add 2001:db8::8/64 dev eth0");
    g_assert_false(find(&listener, "2001:db8::8/64")->source);
    g_assert_false(has_route(&listener));
    test_wait(has_route, &listener);
    g_assert_true(find(&listener, "2001:db8::8/64")->source);
    test_run("ip address del 2001:db8::8/64 dev eth0");
    test_wait(has_no_route, &listener);
    /* A host that announces its routes itself has its address on lo. */
    run_and_wait(&listener, "ip address add 2001:db8:7::1/128 dev lo");
    test_wait(has_route, &listener);
    test_run("ip address del 2001:db8:7::1/128 dev lo");
    wl_network_monitor_free(listener.monitor);
    test_run("ip link del eth0");
    test_run("ip link del veth1");
    test_run("sh -c 'echo 0 > /proc/sys/net/ipv6/conf/default/addr_gen_mode'");
}

/* The addresses of the watched link, and which others belong to a tunnel of ours. */
static void
test_tunnels(void)
{
    WlPrefix address = test_prefix("10.77.0.2/24");
    gboolean found = FALSE;
    const GArray *own;
    Listener listener;

    test_run("ip tuntap add wlt0 mode tun");
    test_run("ip tuntap add wlt1 mode tun");
    test_run("ip link set wlt0 alias wirelink:11111111-2222-3333-4444-555555555555");
    test_run("ip link set wlt1 alias wirelink:66666666-7777-8888-9999-000000000000");
    test_run("ip link set wlt0 up");
    test_run("ip link set wlt1 up");
    open_monitor(&listener, "wlt0");
    run_and_wait(&listener, "ip address add 10.77.0.2/24 dev wlt0");
    own = wl_network_monitor_get_own_addresses(listener.monitor);
    for (guint i = 0; i < own->len; i++)
        found = found || wl_prefix_equal(&g_array_index(own, WlPrefix, i), &address);
    g_assert_true(found);
    run_and_wait(&listener, "ip address add 10.78.0.2/24 dev wlt1");
    g_assert_true(find(&listener, "10.78.0.2/24")->tunnel);
    g_assert_null(find(&listener, "10.77.0.2/24"));
    g_assert_false(find(&listener, "127.0.0.1/8")->tunnel);
    test_run("ip link del wlt1");
    wl_network_monitor_free(listener.monitor);
    test_run("ip link del wlt0");
}

static gboolean
set_flag(gpointer user_data)
{
    *(gboolean *) user_data = TRUE;
    return G_SOURCE_REMOVE;
}

static gboolean
is_set(gpointer user_data)
{
    return *(gboolean *) user_data;
}

/* Reads all messages and waits for the end of the burst (20 ms). */
static void
finish_burst(void)
{
    gboolean over = FALSE;

    test_settle();
    g_timeout_add(25, set_flag, &over);
    test_wait(is_set, &over);
}

static void
test_quiet(void)
{
    g_autoptr(GString) batch = g_string_new(NULL);
    Listener listener;

    test_run("ip link add eth0 type veth peer name far0");
    test_run("ip link set far0 up");
    test_run("ip link set eth0 up");
    test_run("ip address add 192.0.2.7/24 dev eth0");
    open_monitor(&listener, NULL);
    test_wait(is_usable, &listener);
    run_and_wait(&listener, "ip route add default via 192.0.2.1");
    finish_burst();
    for (guint i = 0; i < 500; i++)
        g_string_append_printf(batch, "route add 10.%u.%u.0/24 via 192.0.2.1\n", i / 256, i % 256);
    /* Router advertisements do this periodically. */
    for (guint i = 0; i < 20; i++)
        g_string_append_printf(batch,
                               "address change 192.0.2.7/24 dev eth0 valid_lft %u "
                               "preferred_lft 100\n",
                               1000 + i);
    g_string_append(batch, "link set eth0 txqueuelen 500\n");
    g_assert_true(g_file_set_contents("/run/batch", batch->str, -1, NULL));
    listener.changed = 0;
    test_run("ip -batch /run/batch");
    finish_burst();
    g_assert_cmpuint(listener.changed, ==, 0);
    /* Many changes at once are one event, or a few on a slow machine. */
    g_string_truncate(batch, 0);
    for (guint i = 0; i < 200; i++)
        g_string_append_printf(batch, "address add 192.0.3.%u/32 dev eth0\n", i);
    g_assert_true(g_file_set_contents("/run/batch", batch->str, -1, NULL));
    test_run("ip -batch /run/batch");
    finish_burst();
    g_assert_cmpuint(listener.changed, >=, 1);
    g_assert_cmpuint(listener.changed, <=, 5);
    g_assert_nonnull(find(&listener, "192.0.3.199/32"));
    wl_network_monitor_free(listener.monitor);
    test_run("ip link del eth0");
}

static gboolean
has_removed(gpointer user_data)
{
    Listener *listener = user_data;

    return listener->removed > listener->wanted;
}

static gboolean
has_down(gpointer user_data)
{
    return ((Listener *) user_data)->down == 1;
}

static gboolean
is_deleted(gpointer user_data)
{
    return ((Listener *) user_data)->deleted == 1;
}

static void
test_watched_link(void)
{
    WlPrefix local = test_prefix("fe80::77/64");
    Listener listener;

    test_run("ip link add nmwl-t type veth peer name far0");
    test_run("ip link set nmwl-t up addrgenmode none");
    test_run("ip address add fe80::77/64 dev nmwl-t nodad");
    test_run("ip address add 10.77.0.2/24 dev nmwl-t");
    open_monitor(&listener, "nmwl-t");
    g_assert_null(find(&listener, "10.77.0.2/24"));
    test_run("ip address del fe80::77/64 dev nmwl-t");
    test_wait(has_removed, &listener);
    g_assert_true(wl_prefix_equal(&listener.removed_address, &local));
    /* Removals from other interfaces are not reported. */
    test_run("ip address add 10.1.0.2/24 dev far0");
    test_run("ip address del 10.1.0.2/24 dev far0");
    test_run("ip link set nmwl-t down");
    test_wait(has_down, &listener);
    g_assert_cmpuint(listener.removed, ==, 1);
    test_run("ip link del nmwl-t");
    test_wait(is_deleted, &listener);
    g_assert_cmpuint(listener.down, ==, 1);
    wl_network_monitor_free(listener.monitor);
}

/* The socket overflows: the monitor reads everything again. */
static void
test_overrun(void)
{
    g_autoptr(GString) batch = g_string_new(NULL);
    Listener listener;

    test_run("ip link add nmwl-t type veth peer name eth0");
    test_run("ip link set nmwl-t up addrgenmode none");
    test_run("ip link set eth0 up");
    test_run("ip address add fe80::77/64 dev nmwl-t nodad");
    open_monitor(&listener, "nmwl-t");
    for (guint i = 0; i < 6000; i++)
        g_string_append_printf(batch, "address add 10.%u.%u.%u/32 dev eth0\n", i / 250 + 1,
                               i % 250 / 10 + 1, i % 10 + 1);
    g_string_append(batch, "address del fe80::77/64 dev nmwl-t\n");
    g_assert_true(g_file_set_contents("/run/batch", batch->str, -1, NULL));
    test_run("ip -batch /run/batch");
    test_wait(has_removed, &listener);
    listener.wanted = 0;
    test_wait(changed_more, &listener);
    g_assert_nonnull(find(&listener, "10.1.1.1/32"));
    g_assert_nonnull(find(&listener, "10.24.25.10/32"));
    g_assert_cmpuint(wl_network_monitor_get_addresses(listener.monitor)->len, >=, 6000);
    g_assert_cmpuint(listener.removed, ==, 1);
    wl_network_monitor_free(listener.monitor);
    test_run("ip link del nmwl-t");
}

static gboolean
is_freed(gpointer user_data)
{
    return ((Listener *) user_data)->monitor == NULL;
}

static void
test_free_in_callback(void)
{
    Listener listener;

    open_monitor(&listener, NULL);
    listener.free_in_changed = TRUE;
    test_run("ip address add 127.0.0.2/8 dev lo");
    test_run("ip address del 127.0.0.2/8 dev lo");
    test_run("ip address add 127.0.0.3/8 dev lo");
    test_wait(is_freed, &listener);
    test_settle();
    g_assert_cmpuint(listener.changed, ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    test_enter_namespaces();
    g_test_add_func("/link/network-monitor/addresses", test_addresses);
    g_test_add_func("/link/network-monitor/uplinks", test_uplinks);
    g_test_add_func("/link/network-monitor/default-route", test_default_route);
    g_test_add_func("/link/network-monitor/route-before-address", test_route_before_address);
    g_test_add_func("/link/network-monitor/tunnels", test_tunnels);
    g_test_add_func("/link/network-monitor/quiet", test_quiet);
    g_test_add_func("/link/network-monitor/watched-link", test_watched_link);
    g_test_add_func("/link/network-monitor/overrun", test_overrun);
    g_test_add_func("/link/network-monitor/free-in-callback", test_free_in_callback);
    return g_test_run();
}
