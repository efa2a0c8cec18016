/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What passes the second line of the kill switch where there is no policy rule at all, as the
 * kernel applies it, and the ranges of its sets. Requires root for a network namespace.
 */
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <netinet/in.h>

#include "link-test-util.h"
#include "wl-kill-filter.h"
#include "wl-nft-ranges.h"
#include "wl-policy-routes.h"

#define UUID  "11111111-2222-3333-4444-555555555555"
#define TABLE "inet wirelink-" UUID "-kill-switch"

/* ---- ranges ---------------------------------------------------------------------------------- */

static char *
ranges_of(const char *prefixes, WlFamily family, guint most)
{
    g_auto(GStrv) words = g_strsplit(prefixes, " ", -1);
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(WlPrefix));
    g_autoptr(GArray) ranges = NULL;
    GString *text = g_string_new(NULL);
    guint left_out;

    for (guint i = 0; words[i] && *words[i]; i++) {
        WlPrefix prefix = test_prefix(words[i]);

        g_array_append_val(list, prefix);
    }
    ranges = wl_nft_ranges_new(list, family, most, &left_out);
    for (guint i = 0; i < ranges->len; i++) {
        const WlNftRange *range = &g_array_index(ranges, WlNftRange, i);
        g_autofree char *first = wl_ip_to_string(&range->first);
        g_autofree char *end = wl_ip_to_string(&range->end);

        g_string_append_printf(text, "%s%s-%s", i > 0 ? " " : "", first, end);
    }
    if (left_out > 0)
        g_string_append_printf(text, " +%u", left_out);
    return g_string_free(text, FALSE);
}

static void
test_ranges(void)
{
    static const struct {
        const char *prefixes, *v4, *v6;
    } rows[] = {
        {"", "", ""},
        {"10.0.0.0/8", "10.0.0.0-11.0.0.0", ""},
        {"10.0.0.7/8 10.1.0.0/16 10.255.255.255/32", "10.0.0.0-11.0.0.0", ""},
        {"10.0.1.0/24 10.0.0.0/24", "10.0.0.0-10.0.2.0", ""},
        {"10.0.2.0/24 10.0.0.0/24", "10.0.0.0-10.0.1.0 10.0.2.0-10.0.3.0", ""},
        {"192.0.2.255/32", "192.0.2.255-192.0.3.0", ""},
        {"192.255.255.255/32", "192.255.255.255-193.0.0.0", ""},
        {"255.255.255.255/32", "255.255.255.255-none", ""},
        {"128.0.0.0/1 0.0.0.0/1", "0.0.0.0-none", ""},
        {"0.0.0.0/0 10.0.0.0/8", "0.0.0.0-none", ""},
        {"192.0.0.0/2 255.0.0.0/8", "192.0.0.0-none", ""},
        {"ff00::/8 fe80::/10 10.0.0.0/8", "10.0.0.0-11.0.0.0", "fe80::-fec0:: ff00::-none"},
        {"2001:db8::/127 ::1/128", "", "::1-::2 2001:db8::-2001:db8::2"},
        {"2001:db8:0:ffff::/64", "", "2001:db8:0:ffff::-2001:db8:1::"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *v4 = ranges_of(rows[i].prefixes, WL_FAMILY_V4, 9);
        g_autofree char *v6 = ranges_of(rows[i].prefixes, WL_FAMILY_V6, 9);

        g_assert_cmpstr(v4, ==, rows[i].v4);
        g_assert_cmpstr(v6, ==, rows[i].v6);
    }
}

static void
test_too_many(void)
{
    g_autofree char *text = ranges_of("10.0.0.0/24 10.0.2.0/24 10.0.4.0/24", WL_FAMILY_V4, 1);

    g_assert_cmpstr(text, ==, "10.0.0.0-10.0.1.0 +2");
}

/* ---- the kernel ------------------------------------------------------------------------------ */

/* eth0 is the uplink, with a network, a router and a further network behind another router; wlt0
 * stands for the link. */
static void
make_network(void)
{
    test_run("sh -c 'echo 1 > /proc/sys/net/ipv6/conf/default/addr_gen_mode'");
    test_run("ip link add eth0 type veth peer name far0");
    test_run("ip link add wlt0 type veth peer name far1");
    test_run("ip link add wlt1 type veth peer name far2");
    for (guint i = 0; i < 3; i++) {
        const char *name = i == 0 ? "eth0" : i == 1 ? "wlt0" : "wlt1";
        g_autofree char *far = g_strdup_printf("ip link set far%u up arp off", i);
        g_autofree char *near = g_strdup_printf("ip link set %s up arp off", name);
        g_autofree char *v4 = g_strdup_printf("ip address add 192.0.%u.7/24 dev %s", i, name);
        g_autofree char *v6 =
            g_strdup_printf("ip address add 2001:db8:%u::7/64 dev %s nodad", i, name);

        test_run(far);
        test_run(near);
        test_run(v4);
        test_run(v6);
    }
    test_run("ip route add default via 192.0.0.1");
    test_run("ip -6 route add default via 2001:db8::1");
    test_run("ip route add 198.51.100.0/24 via 192.0.0.2");
}

static void
remove_network(void)
{
    test_run("ip link delete eth0");
    test_run("ip link delete wlt0");
    test_run("ip link delete wlt1");
}

static WlKillFilter *
open_filter(const char *link, gboolean unowned)
{
    const WlKillFilterConfig config = {
        .uuid = UUID, .ifindex = (int) if_nametoindex(link), .unowned = unowned};
    g_autoptr(GError) error = NULL;
    WlKillFilter *filter = wl_kill_filter_new(&config, &error);

    g_assert_no_error(error);
    return filter;
}

/* Sends a datagram; 0 or the error. */
static int
send_to(const char *to, guint32 mark)
{
    WlEndpoint endpoint = test_endpoint(to);
    gboolean v4 = endpoint.ip.family == WL_FAMILY_V4;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(endpoint.port)};
    struct sockaddr_in6 address6 = {.sin6_family = AF_INET6, .sin6_port = htons(endpoint.port)};
    int fd = socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int result;

    memcpy(&address.sin_addr, endpoint.ip.bytes, 4);
    memcpy(&address6.sin6_addr, endpoint.ip.bytes, 16);
    g_assert_cmpint(setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof mark), ==, 0);
    g_assert_cmpint(setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &(int){1}, sizeof(int)), ==, 0);
    result =
        sendto(fd, "x", 1, 0, v4 ? (struct sockaddr *) &address : (struct sockaddr *) &address6,
               v4 ? sizeof address : sizeof address6) == 1
            ? 0
            : errno;
    close(fd);
    return result;
}

#define OUTSIDE  "203.0.113.9:9"
#define OUTSIDE6 "[2001:db8:99::9]:9"

static gboolean
can_send(gpointer to)
{
    return send_to(to, 0) == 0;
}

static gboolean
cannot_send(gpointer to)
{
    return send_to(to, 0) != 0;
}

static void
assert_blocked(void)
{
    g_assert_cmpint(send_to(OUTSIDE, 0), ==, EPERM);
    g_assert_cmpint(send_to(OUTSIDE6, 0), ==, EPERM);
}

static gboolean
has_table(void)
{
    g_autofree char *tables = NULL;

    g_assert_true(g_spawn_command_line_sync("nft list tables", &tables, NULL, NULL, NULL));
    return strstr(tables, "table " TABLE "\n") != NULL;
}

/* By address, and by mark, where nothing but the main table decides on the route. */
static void
test_passing(void)
{
    guint32 mark = wl_policy_routes_fwmark(UUID);
    g_autoptr(WlKillFilter) filter = NULL;

    make_network();
    test_wait(can_send, OUTSIDE);
    test_wait(can_send, OUTSIDE6);
    filter = open_filter("wlt0", FALSE);
    g_assert_true(has_table());
    assert_blocked();
    g_assert_cmpint(send_to(OUTSIDE, 7), ==, EPERM);
    g_assert_cmpint(send_to(OUTSIDE, mark), ==, 0);
    g_assert_cmpint(send_to(OUTSIDE6, mark), ==, 0);
    g_assert_cmpint(send_to("127.0.0.1:9", 0), ==, 0);
    g_assert_cmpint(send_to("[::1]:9", 0), ==, 0);
    g_assert_cmpint(send_to("192.0.0.7:9", 0), ==, 0);
    g_assert_cmpint(send_to("192.0.0.9:9", 0), ==, 0);
    g_assert_cmpint(send_to("192.0.0.255:9", 0), ==, 0);
    g_assert_cmpint(send_to("192.0.1.9:9", 0), ==, 0);
    g_assert_cmpint(send_to("198.51.100.9:9", 0), ==, 0);
    g_assert_cmpint(send_to("198.51.101.9:9", 0), ==, EPERM);
    g_assert_cmpint(send_to("[2001:db8:0::9]:9", 0), ==, 0);
    g_assert_cmpint(send_to("[2001:db8:3::9]:9", 0), ==, EPERM);
    /* by the link, whatever the destination */
    test_run("ip route replace default dev wlt0");
    g_assert_cmpint(send_to(OUTSIDE, 0), ==, 0);
    test_run("ip route replace default dev wlt1");
    assert_blocked();
    g_clear_pointer(&filter, wl_kill_filter_free);
    g_assert_false(has_table());
    g_assert_cmpint(send_to(OUTSIDE, 0), ==, 0);
    remove_network();
}

/* Networks come and go while it is open. */
static void
test_changes(void)
{
    g_autoptr(WlKillFilter) filter = NULL;

    make_network();
    filter = open_filter("wlt0", FALSE);
    g_assert_cmpint(send_to("203.0.113.9:9", 0), ==, EPERM);
    test_run("ip route add 203.0.113.0/24 via 192.0.0.3");
    test_wait(can_send, "203.0.113.9:9");
    test_run("ip route delete 203.0.113.0/24");
    test_wait(cannot_send, "203.0.113.9:9");
    test_run("ip address add 203.0.113.7/24 dev wlt1");
    test_wait(can_send, "203.0.113.9:9");
    /* the kernel says nothing about the route */
    test_run("ip link set wlt1 down");
    test_wait(cannot_send, "203.0.113.9:9");
    /* a route into another full tunnel of ours */
    test_run("ip link set wlt1 up");
    test_run("ip route add default dev wlt1 table 0x57000001 protocol 87");
    test_run("ip rule add pref 31251 lookup 0x57000001");
    test_wait(can_send, "198.18.0.1:9");
    g_assert_cmpint(send_to(OUTSIDE6, 0), ==, EPERM);
    test_run("ip route flush table 0x57000001");
    test_wait(cannot_send, "198.18.0.1:9");
    test_run("ip rule delete pref 31251");
    remove_network();
}

/* More networks than fit are blocked, with a warning; the rest is as before. */
static void
test_many(void)
{
    GLogLevelFlags fatal = g_log_set_always_fatal(G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
    g_autoptr(WlKillFilter) filter = NULL;

    make_network();
    test_run("sh -c 'for a in 0 1 2 3 4 5 6; do for b in $(seq 0 2 255); do "
             "echo route add 10.$a.$b.0/24 via 192.0.0.2; done; done | ip -batch -'");
    filter = open_filter("wlt0", FALSE);
    g_assert_cmpint(send_to("10.0.0.9:9", 0), ==, 0);
    g_assert_cmpint(send_to("10.6.254.9:9", 0), ==, 0);
    g_assert_cmpint(send_to("10.6.253.9:9", 0), ==, EPERM);
    test_run("sh -c 'for a in 7 8 9 10; do for b in $(seq 0 2 255); do "
             "echo route add 10.$a.$b.0/24 via 192.0.0.2; done; done | ip -batch -'");
    test_wait(can_send, "10.7.0.9:9");
    g_assert_cmpint(send_to("10.10.254.9:9", 0), ==, EPERM);
    g_assert_cmpint(send_to(OUTSIDE, 0), ==, EPERM);
    remove_network();
    g_log_set_always_fatal(fatal);
}

/* Another program that loads its own rules does not open it. */
static void
test_flush(void)
{
    g_autoptr(WlKillFilter) filter = NULL;
    g_autofree char *output = NULL;
    int status;

    make_network();
    filter = open_filter("wlt0", FALSE);
    test_run("nft flush ruleset");
    assert_blocked();
    g_assert_true(
        g_spawn_command_line_sync("nft delete table " TABLE, NULL, &output, &status, NULL));
    g_assert_cmpint(status, !=, 0);
    assert_blocked();
    remove_network();
}

/* Before Linux 5.12 it can, for a moment. */
static void
test_unowned(void)
{
    g_autoptr(WlKillFilter) filter = NULL;

    make_network();
    filter = open_filter("wlt0", TRUE);
    for (guint i = 0; i < 3; i++) {
        assert_blocked();
        test_run(i == 0 ? "nft flush ruleset" : "nft delete table " TABLE);
        g_assert_cmpint(send_to(OUTSIDE, 0), ==, 0);
        test_wait(cannot_send, OUTSIDE);
        assert_blocked();
        g_assert_cmpint(send_to("192.0.0.9:9", 0), ==, 0);
    }
    g_clear_pointer(&filter, wl_kill_filter_free);
    g_assert_false(has_table());
    remove_network();
}

/* It ends with its process. */
static void
test_killed(void)
{
    int status;
    pid_t child;

    make_network();
    child = fork();
    if (child == 0) {
        open_filter("wlt0", FALSE);
        _exit(has_table() && !can_send(OUTSIDE) ? 0 : 1);
    }
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_cmpint(status, ==, 0);
    g_assert_false(has_table());
    remove_network();
}

/* Packets of others that this machine forwards, such as those of containers. */
static void
test_forwarded(void)
{
    g_autoptr(WlKillFilter) filter = NULL;
    static const char *const commands[] = {
        "ip netns add box",
        "ip link add out0 type veth peer name in0 netns box",
        "ip address add 172.16.0.1/24 dev out0",
        "ip link set out0 up",
        "ip -n box address add 172.16.0.2/24 dev in0",
        "ip -n box link set in0 up",
        "ip -n box route add default via 172.16.0.1",
        "sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'",
        "nft add table ip counted",
        "nft add chain ip counted last '{ type filter hook postrouting priority 300; }'",
        "nft add rule ip counted last iifname out0 oifname eth0 counter",
    };

    make_network();
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
        test_run(commands[i]);
    for (guint i = 0; i < 2; i++) {
        g_autofree char *rules = NULL;

        test_run("ip netns exec box bash -c 'echo x > /dev/udp/203.0.113.9/9'");
        g_assert_true(
            g_spawn_command_line_sync("nft list table ip counted", &rules, NULL, NULL, NULL));
        /* the first one left, the second did not */
        g_assert_nonnull(strstr(rules, "packets 1 "));
        if (i == 0)
            filter = open_filter("wlt0", FALSE);
    }
    g_clear_pointer(&filter, wl_kill_filter_free);
    test_run("nft delete table ip counted");
    test_run("sh -c 'echo 0 > /proc/sys/net/ipv4/ip_forward'");
    test_run("ip link delete out0");
    test_run("ip netns delete box");
    remove_network();
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    test_enter_namespaces();
    g_test_add_func("/kill-filter/ranges", test_ranges);
    g_test_add_func("/kill-filter/too-many", test_too_many);
    g_test_add_func("/kill-filter/passing", test_passing);
    g_test_add_func("/kill-filter/changes", test_changes);
    g_test_add_func("/kill-filter/many", test_many);
    g_test_add_func("/kill-filter/flush", test_flush);
    g_test_add_func("/kill-filter/unowned", test_unowned);
    g_test_add_func("/kill-filter/killed", test_killed);
    g_test_add_func("/kill-filter/forwarded", test_forwarded);
    return g_test_run();
}
