/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses and routes that the kernel removes from a link are restored, and no others. Requires
 * root for a network namespace.
 */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>

#include "link-test-util.h"
#include "wl-link-state.h"
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

/* The kernel adds the local route of an IPv6 address later, from a work queue. */
static gboolean
has_local_routes(gpointer user_data)
{
    g_autofree char *now = state();

    return strstr(now, "local fd77::2 table local") && strstr(now, "local " LINK_LOCAL " table");
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
    test_wait(has_local_routes, NULL);
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

/* ---- messages in an order that the kernel cannot be made to use -------------------------------
 */

#define IFINDEX 7

/* A kernel that notes what it is sent, and refuses routes while `refuse` is set. */
typedef struct {
    guint32 sequence;
    int result;
    int refuse;
    GString *sent; /* "a" for each address, "r" for each route */
} Kernel;

static int
kernel_send(gpointer user_data, const struct nlmsghdr *message, gsize length)
{
    Kernel *kernel = user_data;
    gboolean route = message->nlmsg_type == RTM_NEWROUTE;

    kernel->sequence = message->nlmsg_seq;
    kernel->result = route ? kernel->refuse : 0;
    g_string_append_c(kernel->sent, route ? 'r' : message->nlmsg_type == RTM_NEWADDR ? 'a' : '?');
    return 0;
}

static gssize
kernel_receive(gpointer user_data, guint8 *buffer, gsize size)
{
    Kernel *kernel = user_data;
    struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
    int *result = mnl_nlmsg_put_extra_header(message, sizeof(struct nlmsgerr));

    message->nlmsg_type = NLMSG_ERROR;
    message->nlmsg_seq = kernel->sequence;
    *result = kernel->result;
    return message->nlmsg_len;
}

static const WlNetlinkTransport kernel_transport = {kernel_send, kernel_receive, NULL};

static gboolean
handle_link(WlLinkState *link_state, guint flags)
{
    _Alignas(struct nlmsghdr) guint8 buffer[256] = {0};
    struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
    struct ifinfomsg *info = mnl_nlmsg_put_extra_header(message, sizeof *info);

    message->nlmsg_type = RTM_NEWLINK;
    info->ifi_index = IFINDEX;
    info->ifi_flags = flags;
    mnl_attr_put_strz(message, IFLA_IFNAME, "wlt0");
    return wl_link_state_handle(link_state, message);
}

static gboolean
handle_address(WlLinkState *link_state, guint16 type, const char *text)
{
    _Alignas(struct nlmsghdr) guint8 buffer[256] = {0};
    struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
    struct ifaddrmsg *info = mnl_nlmsg_put_extra_header(message, sizeof *info);
    WlPrefix prefix = test_prefix(text);

    message->nlmsg_type = type;
    info->ifa_family = AF_INET6;
    info->ifa_prefixlen = prefix.length;
    info->ifa_index = IFINDEX;
    mnl_attr_put(message, IFA_ADDRESS, 16, prefix.ip.bytes);
    return wl_link_state_handle(link_state, message);
}

static gboolean
handle_route(WlLinkState *link_state, guint16 type, const char *text, const char *source)
{
    _Alignas(struct nlmsghdr) guint8 buffer[256] = {0};
    struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
    struct rtmsg *info = mnl_nlmsg_put_extra_header(message, sizeof *info);
    WlPrefix prefix = test_prefix(text);

    message->nlmsg_type = type;
    info->rtm_family = AF_INET6;
    info->rtm_dst_len = prefix.length;
    info->rtm_type = RTN_UNICAST;
    info->rtm_protocol = RTPROT_STATIC;
    info->rtm_table = RT_TABLE_MAIN;
    mnl_attr_put(message, RTA_DST, 16, prefix.ip.bytes);
    mnl_attr_put_u32(message, RTA_OIF, IFINDEX);
    if (source) {
        WlPrefix preferred = test_prefix(source);

        mnl_attr_put(message, RTA_PREFSRC, 16, preferred.ip.bytes);
    }
    return wl_link_state_handle(link_state, message);
}

static int
restore(WlLinkState *link_state, Kernel *kernel, const char *sent)
{
    g_autoptr(WlNetlink) netlink = wl_netlink_new_for_transport(&kernel_transport, kernel);
    int result;

    g_string_truncate(kernel->sent, 0);
    result = wl_link_state_restore(link_state, netlink);
    g_assert_cmpstr(kernel->sent->str, ==, sent);
    return result;
}

static WlLinkState *
lose_everything(void)
{
    WlLinkState *link_state = wl_link_state_new(IFINDEX);

    handle_link(link_state, IFF_UP);
    handle_address(link_state, RTM_NEWADDR, LINK_LOCAL "/64");
    handle_route(link_state, RTM_NEWROUTE, "fd88::/64", "fd77::2/128");
    g_assert_false(wl_link_state_settle(link_state));
    handle_route(link_state, RTM_DELROUTE, "fd88::/64", "fd77::2/128");
    handle_address(link_state, RTM_DELADDR, "fd77::2/64");
    handle_address(link_state, RTM_DELADDR, LINK_LOCAL "/64");
    g_assert_true(wl_link_state_settle(link_state));
    return link_state;
}

/* The kernel had not announced the address when it removed it. */
static void
test_unannounced_address(void)
{
    g_autoptr(WlLinkState) link_state = lose_everything();
    Kernel kernel = {.sent = g_string_new(NULL)};

    g_assert_cmpint(restore(link_state, &kernel, "aar"), ==, 0);
    g_assert_false(wl_link_state_settle(link_state));

    /* A program that removes an address means it. */
    handle_address(link_state, RTM_DELADDR, "fd99::1/64");
    g_assert_false(wl_link_state_settle(link_state));
    handle_link(link_state, 0);
    handle_link(link_state, IFF_UP);
    g_assert_true(wl_link_state_settle(link_state));
    g_assert_cmpint(restore(link_state, &kernel, "aar"), ==, 0);
    g_string_free(kernel.sent, TRUE);
}

/* The kernel refuses a route until it has finished adding the source address of the route. */
static void
test_source_not_ready(void)
{
    g_autoptr(WlLinkState) link_state = lose_everything();
    Kernel kernel = {.sent = g_string_new(NULL), .refuse = -EINVAL};

    g_assert_cmpint(restore(link_state, &kernel, "aar"), ==, 0);
    g_assert_false(wl_link_state_settle(link_state));
    handle_link(link_state, IFF_UP);
    g_assert_false(wl_link_state_settle(link_state));
    handle_address(link_state, RTM_NEWADDR, LINK_LOCAL "/64");
    g_assert_true(wl_link_state_settle(link_state));
    g_assert_cmpint(restore(link_state, &kernel, "r"), ==, 0);
    kernel.refuse = 0;
    handle_address(link_state, RTM_NEWADDR, "fd77::2/64");
    g_assert_true(wl_link_state_settle(link_state));
    g_assert_cmpint(restore(link_state, &kernel, "r"), ==, 0);
    g_assert_false(wl_link_state_settle(link_state));
    g_string_free(kernel.sent, TRUE);
}

/* A route that the kernel never takes is an error in the end, and any other error at once. */
static void
test_refused_route(void)
{
    g_autoptr(WlLinkState) link_state = lose_everything();
    g_autoptr(WlLinkState) other = lose_everything();
    Kernel kernel = {.sent = g_string_new(NULL), .refuse = -EPERM};
    guint n = 1;

    g_assert_cmpint(restore(other, &kernel, "aar"), ==, -EPERM);
    kernel.refuse = -EINVAL;
    g_assert_cmpint(restore(link_state, &kernel, "aar"), ==, 0);
    for (; n < 100; n++) {
        handle_address(link_state, RTM_NEWADDR, "fd77::2/64");
        g_assert_true(wl_link_state_settle(link_state));
        if (restore(link_state, &kernel, "r") == -EINVAL)
            break;
    }
    g_assert_cmpuint(n, <, 100);
    handle_address(link_state, RTM_NEWADDR, "fd77::2/64");
    g_assert_false(wl_link_state_settle(link_state));
    g_string_free(kernel.sent, TRUE);
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
    g_test_add_func("/link/state/unannounced-address", test_unannounced_address);
    g_test_add_func("/link/state/source-not-ready", test_source_not_ready);
    g_test_add_func("/link/state/refused-route", test_refused_route);
    return g_test_run();
}
