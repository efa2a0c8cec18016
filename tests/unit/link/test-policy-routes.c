/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules and routes of a full tunnel, as the kernel resolves routes with them. Requires root
 * for a network namespace.
 */
#include <net/if.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "link-test-util.h"
#include "wl-policy-routes.h"

/* eth0 has a network with a router, wlt0 and wlt1 are links that lead into tunnels. */
#define UUID          "11111111-2222-3333-4444-555555555555"
#define OTHER         "66666666-7777-8888-9999-000000000000"
#define PORT          51820
#define RESOLVER_PORT 40053

static char *
output_of(const char *command)
{
    g_autoptr(GError) error = NULL;
    char *text = NULL;

    g_spawn_command_line_sync(command, &text, NULL, NULL, &error);
    g_assert_no_error(error);
    return text;
}

/* The interface of a route, or the error of the kernel. */
static char *
route_to(const char *format, ...)
{
    g_autofree char *arguments = NULL, *command = NULL, *text = NULL, *errors = NULL;
    g_auto(GStrv) words = NULL;
    va_list list;

    va_start(list, format);
    arguments = g_strdup_vprintf(format, list);
    va_end(list);
    command = g_strconcat("ip route get ", arguments, NULL);
    g_assert_true(g_spawn_command_line_sync(command, &text, &errors, NULL, NULL));
    words = g_strsplit_set(text, " \n", -1);
    for (guint i = 0; words[i] && words[i + 1]; i++) {
        if (g_str_equal(words[i], "dev"))
            return g_strdup(words[i + 1]);
    }
    return g_strdup(g_strstrip(errors));
}

#define assert_route(expected, ...)                                                                \
    G_STMT_START                                                                                   \
    {                                                                                              \
        g_autofree char *route = route_to(__VA_ARGS__);                                            \
        g_assert_cmpstr(route, ==, expected);                                                      \
    }                                                                                              \
    G_STMT_END

static void
set(const char *key, const char *value)
{
    g_autofree char *path = g_strconcat("/proc/sys/net/ipv4/", key, NULL);
    g_autoptr(GError) error = NULL;

    g_file_set_contents_full(path, value, -1, G_FILE_SET_CONTENTS_NONE, 0644, &error);
    g_assert_no_error(error);
}

/* The kernel refuses the route with some error. */
static void
assert_refused(const char *arguments)
{
    g_autofree char *route = route_to("%s", arguments);

    g_assert_true(g_str_has_prefix(route, "RTNETLINK answers: "));
}

static gboolean
has_local_routes(gpointer user_data)
{
    g_autofree char *routes = output_of("ip -6 route show table local");

    return strstr(routes, "local 2001:db8:1::7 ") && strstr(routes, "local fd77::2 ") &&
           strstr(routes, "local fd77:1::2 ");
}

static void
make_network(void)
{
    /* The kernel generates addresses with a delay, and tests compare the state. */
    test_run("sh -c 'echo 1 > /proc/sys/net/ipv6/conf/default/addr_gen_mode'");
    test_run("ip link add eth0 type veth peer name far0");
    test_run("ip link set far0 up");
    test_run("ip link set eth0 up");
    test_run("ip address add 192.0.2.7/24 dev eth0");
    test_run("ip address add 2001:db8:1::7/64 dev eth0 nodad");
    test_run("ip route add default via 192.0.2.1");
    test_run("ip -6 route add default via 2001:db8:1::1");
    for (guint i = 0; i < 2; i++) {
        g_autofree char *add = g_strdup_printf("ip tuntap add wlt%u mode tun", i);
        g_autofree char *up = g_strdup_printf("ip link set wlt%u up", i);
        g_autofree char *v4 = g_strdup_printf("ip address add 10.77.%u.2/24 dev wlt%u", i, i);
        g_autofree char *v6 = g_strdup_printf("ip address add fd77:%u::2/64 dev wlt%u nodad", i, i);

        test_run(add);
        test_run(up);
        test_run(v4);
        test_run(v6);
    }
    /* Added by a work queue, even without duplicate address detection (addrconf_dad_work). */
    test_wait(has_local_routes, NULL);
}

static void
remove_network(void)
{
    test_run("ip link delete eth0");
    test_run("ip link delete wlt0");
    test_run("ip link delete wlt1");
}

static char *
network_state(void)
{
    g_autofree char *rules = output_of("ip rule"), *rules6 = output_of("ip -6 rule");
    g_autofree char *routes = output_of("ip route show table all");
    g_autofree char *routes6 = output_of("ip -6 route show table all");

    return g_strconcat(rules, rules6, routes, routes6, NULL);
}

static WlPolicyRoutes *
open_tunnel(const char *uuid, const char *link, guint16 port, const char *prefixes,
            gboolean kill_switch)
{
    g_autoptr(GArray) routes = g_array_new(FALSE, TRUE, sizeof(WlPrefix));
    g_auto(GStrv) words = g_strsplit(prefixes, " ", -1);
    WlPolicyRoutesConfig config = {
        .uuid = uuid,
        .ifindex = (int) if_nametoindex(link),
        .listen_port = port,
        .resolver_port = RESOLVER_PORT,
        .routes = routes,
        .kill_switch = kill_switch,
    };
    g_autoptr(GError) error = NULL;
    WlPolicyRoutes *tunnel;

    for (guint i = 0; words[i]; i++) {
        WlPrefix prefix = test_prefix(words[i]);

        g_array_append_val(routes, prefix);
    }
    tunnel = wl_policy_routes_new(&config, &error);
    g_assert_no_error(error);
    return tunnel;
}

static void
test_mark(void)
{
    guint32 mark = wl_policy_routes_fwmark(UUID);

    g_assert_cmphex(mark >> 24, ==, 0x57);
    g_assert_cmphex(mark, ==, wl_policy_routes_fwmark(UUID));
    g_assert_cmphex(mark, !=, wl_policy_routes_fwmark(OTHER));
}

static void
test_routes(void)
{
    guint32 mark = wl_policy_routes_fwmark(UUID);
    g_autoptr(WlPolicyRoutes) tunnel = NULL;
    g_autofree char *before = NULL, *after = NULL;

    make_network();
    before = network_state();
    assert_route("eth0", "198.51.100.9");
    tunnel = open_tunnel(UUID, "wlt0", PORT, "0.0.0.0/0 ::/0", FALSE);
    assert_route("wlt0", "198.51.100.9");
    assert_route("wlt0", "2001:db8:99::9");
    /* the main table has more than a default route */
    assert_route("eth0", "192.0.2.9");
    assert_route("eth0", "2001:db8:1::9");
    assert_route("wlt1", "10.77.1.9");
    /* WireGuard's own packets, to any endpoint */
    assert_route("eth0", "198.51.100.9 mark %u", mark);
    assert_route("eth0", "2001:db8:99::9 mark %u", mark);
    assert_route("eth0", "10.77.0.9 mark %u oif eth0", mark);
    /* DNS queries of the resolver only */
    assert_route("eth0", "198.51.100.53 ipproto udp sport %u dport 53", RESOLVER_PORT);
    assert_route("wlt0", "198.51.100.53 ipproto udp sport %u dport 53", RESOLVER_PORT + 1);
    g_clear_pointer(&tunnel, wl_policy_routes_free);
    after = network_state();
    g_assert_cmpstr(after, ==, before);
    remove_network();
}

/* A strict reverse path check accepts replies of endpoints, and no other additional packets. */
static void
test_reverse_path(void)
{
    g_autoptr(WlPolicyRoutes) tunnel = NULL;

    make_network();
    set("conf/all/rp_filter", "1");
    set("ip_forward", "1");
    assert_route("lo", "192.0.2.7 from 198.51.100.9 iif eth0 ipproto udp sport 5 dport %u", PORT);
    tunnel = open_tunnel(UUID, "wlt0", PORT, "0.0.0.0/0 ::/0", FALSE);
    assert_route("lo", "192.0.2.7 from 198.51.100.9 iif eth0 ipproto udp sport 5 dport %u", PORT);
    assert_route("lo", "192.0.2.7 from 198.51.100.9 iif eth0 ipproto udp sport 53 dport %u",
                 RESOLVER_PORT);
    assert_refused("192.0.2.7 from 198.51.100.9 iif eth0 ipproto udp sport 5 dport 53");
    assert_refused("192.0.2.7 from 198.51.100.9 iif eth0");
    /* forwarded packets from the port use the tunnel */
    assert_route("wlt0", "198.51.100.8 from 10.77.1.9 iif wlt1 ipproto udp sport %u dport 5", PORT);
    assert_route("lo", "192.0.2.7 from 192.0.2.9 iif eth0 ipproto udp sport 5 dport 53");
    assert_route("lo", "10.77.0.2 from 198.51.100.9 iif wlt0");
    set("conf/all/rp_filter", "0");
    set("ip_forward", "0");
    remove_network();
}

static void
test_one_family(void)
{
    g_autoptr(WlPolicyRoutes) tunnel = NULL;

    make_network();
    tunnel = open_tunnel(UUID, "wlt0", PORT, "0.0.0.0/1 128.0.0.0/1", FALSE);
    assert_route("wlt0", "198.51.100.9");
    assert_route("wlt0", "9.9.9.9");
    assert_route("eth0", "2001:db8:99::9");
    remove_network();
}

static void
test_kill_switch(void)
{
    guint32 mark = wl_policy_routes_fwmark(UUID);
    g_autoptr(WlPolicyRoutes) tunnel = NULL;
    g_autoptr(GError) error = NULL;

    make_network();
    /* IPv6 has neither a route to the tunnel nor another one */
    tunnel = open_tunnel(UUID, "wlt0", PORT, "0.0.0.0/0", TRUE);
    assert_route("wlt0", "198.51.100.9");
    assert_refused("2001:db8:99::9");
    assert_route("eth0", "2001:db8:1::9");
    test_run("ip link set wlt0 down");
    assert_refused("198.51.100.9");
    assert_route("eth0", "198.51.100.9 mark %u", mark);
    test_run("ip link set wlt0 up");
    wl_policy_routes_restore(tunnel, (int) if_nametoindex("wlt0"), &error);
    g_assert_no_error(error);
    assert_route("wlt0", "198.51.100.9");
    remove_network();
}

static void
change_to(WlPolicyRoutes *tunnel, const char *prefixes, gboolean kill_switch)
{
    g_autoptr(GArray) routes = g_array_new(FALSE, TRUE, sizeof(WlPrefix));
    g_auto(GStrv) words = g_strsplit(prefixes, " ", -1);
    g_autoptr(GError) error = NULL;

    for (guint i = 0; words[i]; i++) {
        WlPrefix prefix = test_prefix(words[i]);

        g_array_append_val(routes, prefix);
    }
    wl_policy_routes_change(tunnel, routes, kill_switch, &error);
    g_assert_no_error(error);
}

/* Whatever it is changed to, it is as if it had been opened so. */
static void
test_changes(void)
{
    static const struct {
        const char *prefixes;
        gboolean kill_switch;
        const char *v4, *v6; /* where packets go; NULL: nowhere */
    } rows[] = {
        {"0.0.0.0/0 ::/0", FALSE, "wlt0", "wlt0"},
        {"0.0.0.0/0", FALSE, "wlt0", "eth0"},
        {"0.0.0.0/0", TRUE, "wlt0", NULL},
        {"0.0.0.0/1 128.0.0.0/1", TRUE, "wlt0", NULL},
        {"::/0", TRUE, NULL, "wlt0"},
        {"::/0", FALSE, "eth0", "wlt0"},
        {"0.0.0.0/0 ::/0", TRUE, "wlt0", "wlt0"},
        {"0.0.0.0/0 ::/0", FALSE, "wlt0", "wlt0"},
    };
    g_autoptr(WlPolicyRoutes) tunnel = NULL;
    g_autofree char *before = NULL, *after = NULL;

    make_network();
    before = network_state();
    tunnel = open_tunnel(UUID, "wlt0", PORT, "0.0.0.0/0 ::/0", FALSE);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *changed = NULL, *opened = NULL;

        change_to(tunnel, rows[i].prefixes, rows[i].kill_switch);
        g_test_message("%s %d", rows[i].prefixes, rows[i].kill_switch);
        if (rows[i].v4)
            assert_route(rows[i].v4, "198.51.100.9");
        else
            assert_refused("198.51.100.9");
        if (rows[i].v6)
            assert_route(rows[i].v6, "2001:db8:99::9");
        else
            assert_refused("2001:db8:99::9");
        changed = network_state();
        g_clear_pointer(&tunnel, wl_policy_routes_free);
        tunnel = open_tunnel(UUID, "wlt0", PORT, rows[i].prefixes, rows[i].kill_switch);
        opened = network_state();
        g_assert_cmpuint(strlen(changed), ==, strlen(opened));
    }
    g_clear_pointer(&tunnel, wl_policy_routes_free);
    after = network_state();
    g_assert_cmpstr(after, ==, before);
    remove_network();
}

/* Without a kill switch the uplink takes over while the link is down. */
static void
test_down(void)
{
    g_autoptr(WlPolicyRoutes) tunnel = NULL;
    g_autoptr(GError) error = NULL;

    make_network();
    tunnel = open_tunnel(UUID, "wlt0", PORT, "0.0.0.0/0 ::/0", FALSE);
    test_run("ip link set wlt0 down");
    assert_route("eth0", "198.51.100.9");
    test_run("ip link set wlt0 up");
    assert_route("eth0", "198.51.100.9");
    for (guint i = 0; i < 2; i++) {
        wl_policy_routes_restore(tunnel, (int) if_nametoindex("wlt0"), &error);
        g_assert_no_error(error);
        assert_route("wlt0", "198.51.100.9");
        assert_route("wlt0", "2001:db8:99::9");
    }
    remove_network();
}

/* No tunnel carries the packets of another profile, whichever is opened or closed first. */
static void
test_two(void)
{
    guint32 mark = wl_policy_routes_fwmark(UUID), other_mark = wl_policy_routes_fwmark(OTHER);
    g_autoptr(WlPolicyRoutes) tunnel = NULL, other = NULL;
    g_autofree char *before = NULL, *after = NULL;

    make_network();
    before = network_state();
    tunnel = open_tunnel(UUID, "wlt0", PORT, "0.0.0.0/0 ::/0", FALSE);
    other = open_tunnel(OTHER, "wlt1", PORT + 1, "0.0.0.0/0 ::/0", FALSE);
    assert_route("eth0", "198.51.100.9 mark %u", mark);
    assert_route("eth0", "198.51.100.9 mark %u", other_mark);
    assert_route("eth0", "2001:db8:99::9 mark %u", mark);
    assert_route("eth0", "2001:db8:99::9 mark %u", other_mark);
    g_clear_pointer(&tunnel, wl_policy_routes_free);
    assert_route("wlt1", "198.51.100.9");
    assert_route("wlt1", "2001:db8:99::9");
    assert_route("eth0", "198.51.100.9 mark %u", other_mark);
    g_clear_pointer(&other, wl_policy_routes_free);
    after = network_state();
    g_assert_cmpstr(after, ==, before);
    remove_network();
}

static gboolean
is_kept(guint32 mark, gpointer user_data)
{
    return mark == *(guint32 *) user_data;
}

/* Leftovers of a killed service are removed, and nothing of other programs. */
static void
test_cleanup(void)
{
    guint32 none = 0, mark = wl_policy_routes_fwmark(UUID);
    guint removed;
    g_autoptr(WlPolicyRoutes) tunnel = NULL, other = NULL;
    g_autofree char *before = NULL, *kept = NULL, *with_one = NULL, *after = NULL;
    g_autoptr(GError) error = NULL;

    make_network();
    test_run("ip rule add pref 31100 fwmark 7 lookup 99");
    test_run("ip rule add pref 100 protocol 87 fwmark 8 lookup 98");
    test_run("ip -6 rule add pref 31251 lookup 51820");
    test_run("ip route add 198.51.100.0/24 dev eth0 protocol 87 table 99");
    test_run("ip route add default dev eth0 table 51820");
    before = network_state();
    tunnel = open_tunnel(UUID, "wlt0", PORT, "0.0.0.0/0 ::/0", TRUE);
    with_one = network_state();
    other = open_tunnel(OTHER, "wlt1", PORT + 1, "0.0.0.0/0 ::/0", TRUE);
    wl_policy_routes_cleanup(is_kept, &mark, &removed, &error);
    g_assert_cmpuint(removed, ==, 14);
    g_assert_no_error(error);
    kept = network_state();
    g_assert_cmpstr(kept, ==, with_one);
    wl_policy_routes_cleanup(is_kept, &none, &removed, &error);
    g_assert_cmpuint(removed, ==, 14);
    g_assert_no_error(error);
    after = network_state();
    g_assert_cmpstr(after, ==, before);
    test_run("ip rule delete pref 31100");
    test_run("ip rule delete pref 100");
    test_run("ip -6 rule delete pref 31251");
    remove_network();
}

/* A second tunnel of a profile replaces leftovers of the first, which was killed. */
static void
test_again(void)
{
    g_autoptr(WlPolicyRoutes) tunnel = NULL;
    g_autofree char *before = NULL, *first = NULL, *second = NULL, *after = NULL;
    pid_t child;
    int status;

    make_network();
    before = network_state();
    child = fork();
    if (child == 0) {
        open_tunnel(UUID, "wlt0", PORT, "0.0.0.0/0 ::/0", TRUE);
        _exit(0);
    }
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_cmpint(status, ==, 0);
    first = network_state();
    g_assert_cmpstr(first, !=, before);
    tunnel = open_tunnel(UUID, "wlt0", PORT, "0.0.0.0/0 ::/0", TRUE);
    second = network_state();
    g_assert_cmpstr(second, ==, first);
    g_clear_pointer(&tunnel, wl_policy_routes_free);
    after = network_state();
    g_assert_cmpstr(after, ==, before);
    remove_network();
}

static gboolean
is_routed_into_tunnel(gpointer user_data)
{
    g_autofree char *v4 = route_to("198.51.100.9"), *v6 = route_to("2001:db8:99::9");
    g_autofree char *direct = route_to("198.51.100.9 mark %u", wl_policy_routes_fwmark(UUID));

    return g_str_equal(v4, "wlt0") && g_str_equal(v6, "wlt0") && g_str_equal(direct, "eth0");
}

/* systemd-networkd removes the rules of other programs when it starts. */
static void
test_rules_removed(void)
{
    g_autoptr(WlPolicyRoutes) tunnel = NULL;
    g_autofree char *before = NULL, *first = NULL, *after = NULL;

    make_network();
    before = network_state();
    tunnel = open_tunnel(UUID, "wlt0", PORT, "0.0.0.0/0 ::/0", FALSE);
    first = network_state();
    test_run("ip -4 rule flush protocol 87");
    test_run("ip -6 rule flush protocol 87");
    assert_route("eth0", "198.51.100.9");
    test_wait(is_routed_into_tunnel, NULL);
    after = network_state();
    g_assert_cmpstr(after, ==, first);
    g_clear_pointer(&tunnel, wl_policy_routes_free);
    g_free(after);
    after = network_state();
    g_assert_cmpstr(after, ==, before);
    remove_network();
}

/* The routes that are left, and those that are not, lead nowhere else. */
static void
test_routes_removed(void)
{
    g_autoptr(WlPolicyRoutes) tunnel = NULL;
    g_autofree char *first = NULL, *after = NULL;

    make_network();
    tunnel = open_tunnel(UUID, "wlt0", PORT, "0.0.0.0/0 ::/0", TRUE);
    first = network_state();
    test_run("ip -4 route flush table all protocol 87");
    test_run("ip -6 route flush table all protocol 87");
    assert_route("eth0", "198.51.100.9");
    test_wait(is_routed_into_tunnel, NULL);
    after = network_state();
    g_assert_cmpstr(after, ==, first);
    g_clear_pointer(&tunnel, wl_policy_routes_free);
    remove_network();
}

static void
test_link_missing(void)
{
    WlPolicyRoutesConfig config = {.uuid = UUID, .ifindex = 12345, .listen_port = PORT};
    g_autoptr(GArray) routes = g_array_new(FALSE, TRUE, sizeof(WlPrefix));
    WlPrefix all = test_prefix("0.0.0.0/0");
    g_autofree char *before = NULL, *after = NULL;
    g_autoptr(GError) error = NULL;

    make_network();
    before = network_state();
    config.routes = g_array_append_val(routes, all);
    g_assert_null(wl_policy_routes_new(&config, &error));
    g_assert_error(error, WL_LINK_ERROR, WL_LINK_ERROR_GONE);
    after = network_state();
    g_assert_cmpstr(after, ==, before);
    remove_network();
}

int
main(int argc, char **argv)
{
    test_enter_namespaces();
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/link/policy-routes/mark", test_mark);
    g_test_add_func("/link/policy-routes/routes", test_routes);
    g_test_add_func("/link/policy-routes/reverse-path", test_reverse_path);
    g_test_add_func("/link/policy-routes/one-family", test_one_family);
    g_test_add_func("/link/policy-routes/kill-switch", test_kill_switch);
    g_test_add_func("/link/policy-routes/change", test_changes);
    g_test_add_func("/link/policy-routes/down", test_down);
    g_test_add_func("/link/policy-routes/two", test_two);
    g_test_add_func("/link/policy-routes/cleanup", test_cleanup);
    g_test_add_func("/link/policy-routes/again", test_again);
    g_test_add_func("/link/policy-routes/rules-removed", test_rules_removed);
    g_test_add_func("/link/policy-routes/routes-removed", test_routes_removed);
    g_test_add_func("/link/policy-routes/link-missing", test_link_missing);
    return g_test_run();
}
