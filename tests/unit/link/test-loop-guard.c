/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table that keeps a tunnel out of itself, as the kernel applies it. Requires root for a
 * network namespace.
 */
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <netinet/in.h>

#include "link-test-util.h"
#include "wl-loop-guard.h"
#include "wl-own-table.h"
#include "wl-policy-routes.h"
#include "wl-send-gate.h"

/* eth0 has a default route and no address at first; wlt0 and wlt1 stand for WireGuard interfaces.
 */
#define UUID       "11111111-2222-3333-4444-555555555555"
#define OTHER      "66666666-7777-8888-9999-000000000000"
#define PORT       51820
#define OTHER_PORT 51821

/* Datagrams that are sent where none may leave, and fewer packets that the kernel sends itself. */
#define MANY 100
#define FEW  20

static void
make_network(void)
{
    test_run("sh -c 'echo 1 > /proc/sys/net/ipv6/conf/default/addr_gen_mode'");
    for (guint i = 0; i < 3; i++) {
        const char *name = i == 0 ? "eth0" : i == 1 ? "wlt0" : "wlt1";
        g_autofree char *add = g_strdup_printf("ip link add %s type veth peer name far%u", name, i);
        g_autofree char *up = g_strdup_printf("ip link set %s up", name);
        g_autofree char *far = g_strdup_printf("ip link set far%u up arp off", i);

        test_run(add);
        test_run(up);
        test_run(far);
    }
    for (guint i = 0; i < 2; i++) {
        g_autofree char *v4 = g_strdup_printf("ip address add 10.77.%u.2/24 dev wlt%u", i, i);
        g_autofree char *v6 = g_strdup_printf("ip address add fd77:%u::2/64 dev wlt%u nodad", i, i);

        test_run(v4);
        test_run(v6);
    }
    test_run("ip neighbor add 10.77.0.1 lladdr 02:00:00:00:00:01 dev wlt0");
    test_run("ip neighbor add 10.77.1.1 lladdr 02:00:00:00:00:01 dev wlt1");
    test_run("ip neighbor add fd77:0::1 lladdr 02:00:00:00:00:01 dev wlt0");
    test_run("ip route add 192.0.2.1 dev eth0");
    test_run("ip route add default via 192.0.2.1 dev eth0");
    test_run("ip neighbor add 192.0.2.1 lladdr 02:00:00:00:00:01 dev eth0");
    test_run("ip -6 route add default via fe80::1 dev eth0");
    test_run("ip neighbor add fe80::1 lladdr 02:00:00:00:00:01 dev eth0");
}

static void
remove_network(void)
{
    test_run("ip link delete eth0");
    test_run("ip link delete wlt0");
    test_run("ip link delete wlt1");
}

static gboolean
has_inner_source(gpointer user_data)
{
    g_autofree char *text = NULL;

    g_assert_true(
        g_spawn_command_line_sync("ip -6 route get 2001:db8:99::9", &text, NULL, NULL, NULL));
    return strstr(text, " src fd77:") != NULL;
}

/* The number of packets that left by @name since it was created. */
static guint64
sent_by(const char *name)
{
    g_autofree char *text = NULL;
    g_autofree char *command = g_strdup_printf("ip -s -o link show dev %s", name);
    g_auto(GStrv) words = NULL;

    g_assert_true(g_spawn_command_line_sync(command, &text, NULL, NULL, NULL));
    g_assert_nonnull(strstr(text, "TX:"));
    words = g_strsplit(strchr(strstr(text, "TX:"), '\\') + 1, " ", -1);
    for (guint i = 0, n = 0; words[i]; i++) {
        if (*words[i] && ++n == 2)
            return g_ascii_strtoull(words[i], NULL, 10);
    }
    g_assert_not_reached();
}

/* Sends a datagram from @port; 0 or the error. */
static int
send_from(guint16 port, const char *to)
{
    WlEndpoint endpoint = test_endpoint(to);
    gboolean v4 = endpoint.ip.family == WL_FAMILY_V4;
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(port)}, address = own;
    struct sockaddr_in6 own6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)}, address6 = own6;
    int fd = socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int result;

    address.sin_port = address6.sin6_port = htons(endpoint.port);
    memcpy(&address.sin_addr, endpoint.ip.bytes, 4);
    memcpy(&address6.sin6_addr, endpoint.ip.bytes, 16);
    g_assert_cmpint(bind(fd, v4 ? (struct sockaddr *) &own : (struct sockaddr *) &own6,
                         v4 ? sizeof own : sizeof own6),
                    ==, 0);
    result =
        sendto(fd, "x", 1, 0, v4 ? (struct sockaddr *) &address : (struct sockaddr *) &address6,
               v4 ? sizeof address : sizeof address6) == 1
            ? 0
            : errno;
    close(fd);
    return result;
}

static WlLoopGuardAddress
address_of(const char *address, const char *link)
{
    WlLoopGuardAddress entry = {.ifindex = (int) if_nametoindex(link)};

    g_assert_true(wl_ip_parse(address, &entry.address));
    return entry;
}

/* The guard of wlt0, which knows the addresses of both tunnels. */
static WlLoopGuard *
open_guard(const char *uuid, const char *link, guint16 port)
{
    const WlLoopGuardAddress addresses[] = {
        address_of("10.77.0.2", "wlt0"),
        address_of("fd77:0::2", "wlt0"),
        address_of("10.77.1.2", "wlt1"),
        address_of("fd77:1::2", "wlt1"),
    };
    const WlLoopGuardConfig config = {
        .ifindex = (int) if_nametoindex(link),
        .listen_port = port,
        .addresses = addresses,
        .n_addresses = G_N_ELEMENTS(addresses),
    };
    g_autoptr(GError) error = NULL;
    WlLoopGuard *guard = wl_loop_guard_new(uuid, &error);

    g_assert_no_error(error);
    wl_loop_guard_set(guard, &config, &error);
    g_assert_no_error(error);
    return guard;
}

static char *
ruleset(void)
{
    char *text = NULL;

    g_assert_true(g_spawn_command_line_sync("nft list tables", &text, NULL, NULL, NULL));
    return text;
}

static gboolean
has_table(const char *uuid)
{
    g_autofree char *tables = ruleset();
    g_autofree char *name = g_strconcat("table inet wirelink-", uuid, "\n", NULL);

    return strstr(tables, name) != NULL;
}

/* The route comes before the address: the kernel chooses the address inside the tunnel. */
static void
test_source(void)
{
    g_autoptr(WlLoopGuard) guard = NULL;
    guint64 before;

    make_network();
    test_wait(has_inner_source, NULL);
    before = sent_by("eth0");
    g_assert_cmpint(send_from(PORT, "198.51.100.9:51820"), ==, 0);
    g_assert_cmpint(send_from(PORT, "[2001:db8:99::9]:51820"), ==, 0);
    g_assert_cmpuint(sent_by("eth0"), >=, before + 2);

    guard = open_guard(UUID, "wlt0", PORT);
    before = sent_by("eth0");
    for (guint i = 0; i < MANY; i++) {
        g_assert_cmpint(send_from(PORT, "198.51.100.9:51820"), ==, EPERM);
        g_assert_cmpint(send_from(PORT, "[2001:db8:99::9]:51820"), ==, EPERM);
    }
    g_assert_cmpuint(sent_by("eth0"), <, before + FEW);
    /* other programs */
    g_assert_cmpint(send_from(PORT + 5, "198.51.100.9:51820"), ==, 0);
    g_assert_cmpint(send_from(PORT + 5, "10.77.0.1:51820"), ==, 0);
    /* the address comes */
    test_run("ip address add 192.0.2.7/24 dev eth0");
    test_run("ip address add 2001:db8:1::7/64 dev eth0 nodad");
    g_assert_cmpint(send_from(PORT, "198.51.100.9:51820"), ==, 0);
    g_assert_cmpint(send_from(PORT, "[2001:db8:99::9]:51820"), ==, 0);
    g_clear_pointer(&guard, wl_loop_guard_free);
    g_assert_false(has_table(UUID));
    remove_network();
}

/* An endpoint inside the tunnel. */
static void
test_inside(void)
{
    g_autoptr(WlLoopGuard) guard = NULL;
    guint64 before;

    make_network();
    g_assert_cmpint(send_from(PORT, "10.77.0.1:51820"), ==, 0);
    guard = open_guard(UUID, "wlt0", PORT);
    before = sent_by("wlt0");
    for (guint i = 0; i < MANY; i++) {
        g_assert_cmpint(send_from(PORT, "10.77.0.1:51820"), ==, EPERM);
        g_assert_cmpint(send_from(PORT, "[fd77::1]:51820"), ==, EPERM);
    }
    g_assert_cmpuint(sent_by("wlt0"), <, before + FEW);
    remove_network();
}

/* A tunnel inside another one works, and neither takes the address of the other to the uplink. */
static void
test_two(void)
{
    g_autoptr(WlLoopGuard) guard = NULL, other = NULL;

    make_network();
    test_run("ip route add 203.0.113.5 dev eth0 src 10.77.1.2");
    test_run("ip route add 203.0.113.6 dev eth0 src 10.77.0.2");
    test_run("ip neighbor add 203.0.113.5 lladdr 02:00:00:00:00:01 dev eth0");
    test_run("ip neighbor add 203.0.113.6 lladdr 02:00:00:00:00:01 dev eth0");
    guard = open_guard(UUID, "wlt0", PORT);
    other = open_guard(OTHER, "wlt1", OTHER_PORT);
    g_assert_cmpint(send_from(PORT, "10.77.1.1:51821"), ==, 0);
    g_assert_cmpint(send_from(OTHER_PORT, "10.77.0.1:51820"), ==, 0);
    g_assert_cmpint(send_from(PORT, "203.0.113.5:51821"), ==, EPERM);
    g_assert_cmpint(send_from(PORT, "203.0.113.6:51821"), ==, EPERM);
    g_assert_cmpint(send_from(OTHER_PORT, "203.0.113.5:51821"), ==, EPERM);
    g_assert_cmpint(send_from(OTHER_PORT, "203.0.113.6:51821"), ==, EPERM);
    g_clear_pointer(&guard, wl_loop_guard_free);
    g_assert_cmpint(send_from(PORT, "203.0.113.5:51821"), ==, 0);
    g_assert_cmpint(send_from(OTHER_PORT, "203.0.113.6:51821"), ==, EPERM);
    remove_network();
}

/* Setting rules again replaces the former ones; no address means no rule for it. */
static void
test_replaced(void)
{
    const WlLoopGuardConfig none = {.ifindex = 999, .listen_port = PORT};
    g_autoptr(WlLoopGuard) guard = NULL;
    g_autoptr(GError) error = NULL;

    make_network();
    test_wait(has_inner_source, NULL);
    guard = open_guard(UUID, "wlt0", PORT);
    g_assert_cmpint(send_from(PORT, "198.51.100.9:51820"), ==, EPERM);
    wl_loop_guard_set(guard, &none, &error);
    g_assert_no_error(error);
    g_assert_cmpint(send_from(PORT, "198.51.100.9:51820"), ==, 0);
    g_assert_cmpint(send_from(PORT, "10.77.0.1:51820"), ==, 0);
    remove_network();
}

/* Another program that loads its own rules does not remove ours. */
static void
test_flush(void)
{
    g_autoptr(WlLoopGuard) guard = NULL;

    make_network();
    test_wait(has_inner_source, NULL);
    guard = open_guard(UUID, "wlt0", PORT);
    test_run("nft flush ruleset");
    g_assert_cmpint(send_from(PORT, "198.51.100.9:51820"), ==, EPERM);
    remove_network();
}

static gboolean
is_other(const char *uuid, gpointer user_data)
{
    return g_str_equal(uuid, OTHER);
}

/* The table ends with its process; without owner, as before Linux 5.12, cleanup removes it. */
static void
test_cleanup(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(WlLoopGuard) guard = NULL;
    guint removed;
    pid_t child;
    int status;

    make_network();
    child = fork();
    if (child == 0) {
        open_guard(UUID, "wlt0", PORT);
        _exit(has_table(UUID) ? 0 : 1);
    }
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_cmpint(status, ==, 0);
    g_assert_false(has_table(UUID));

    test_run("nft add table inet wirelink-" UUID);
    test_run("nft add table inet wirelink-" OTHER);
    test_run("nft add table inet foreign");
    g_assert_true(wl_own_table_cleanup(is_other, NULL, &removed, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(removed, ==, 1);
    g_assert_false(has_table(UUID));
    g_assert_true(has_table(OTHER));
    /* a leftover of the same profile is replaced */
    guard = open_guard(OTHER, "wlt0", PORT);
    g_clear_pointer(&guard, wl_loop_guard_free);
    g_assert_false(has_table(OTHER));
    test_run("nft delete table inet foreign");
    remove_network();
}

static gboolean
is_any_kept(guint32 mark, gpointer user_data)
{
    return mark == *(guint32 *) user_data;
}

/* Without nf_tables: nothing leaves from the port while the gate is closed. */
static void
test_gate(void)
{
    guint32 mark = wl_policy_routes_fwmark(UUID), none = 0;
    g_autoptr(WlSendGate) gate = NULL;
    g_autoptr(GError) error = NULL;
    guint removed;

    make_network();
    test_wait(has_inner_source, NULL);
    gate = wl_send_gate_new(UUID, PORT, &error);
    g_assert_no_error(error);
    g_assert_cmpint(send_from(PORT, "198.51.100.9:51820"), ==, 0);
    g_assert_true(wl_send_gate_set(gate, WL_FAMILY_V4, TRUE, &error));
    g_assert_cmpint(send_from(PORT, "198.51.100.9:51820"), ==, ENETUNREACH);
    g_assert_cmpint(send_from(PORT, "10.77.0.1:51820"), ==, ENETUNREACH);
    g_assert_cmpint(send_from(PORT, "[2001:db8:99::9]:51820"), ==, 0);
    g_assert_cmpint(send_from(OTHER_PORT, "198.51.100.9:51820"), ==, 0);
    g_assert_true(wl_send_gate_set(gate, WL_FAMILY_V6, TRUE, &error));
    g_assert_cmpint(send_from(PORT, "[2001:db8:99::9]:51820"), !=, 0);
    g_assert_true(wl_send_gate_set(gate, WL_FAMILY_V4, FALSE, &error));
    g_assert_cmpint(send_from(PORT, "198.51.100.9:51820"), ==, 0);
    g_assert_cmpint(send_from(PORT, "[2001:db8:99::9]:51820"), !=, 0);
    /* cleanup takes the rules of killed processes only */
    g_assert_true(wl_policy_routes_cleanup(is_any_kept, &mark, &removed, &error));
    g_assert_cmpuint(removed, ==, 0);
    g_assert_true(wl_policy_routes_cleanup(is_any_kept, &none, &removed, &error));
    g_assert_cmpuint(removed, ==, 1);
    g_assert_cmpint(send_from(PORT, "[2001:db8:99::9]:51820"), ==, 0);
    g_assert_true(wl_send_gate_set(gate, WL_FAMILY_V4, TRUE, &error));
    g_clear_pointer(&gate, wl_send_gate_free);
    g_assert_no_error(error);
    g_assert_cmpint(send_from(PORT, "198.51.100.9:51820"), ==, 0);
    remove_network();
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    test_enter_namespaces();
    g_test_add_func("/loop-guard/source", test_source);
    g_test_add_func("/loop-guard/inside", test_inside);
    g_test_add_func("/loop-guard/two", test_two);
    g_test_add_func("/loop-guard/replaced", test_replaced);
    g_test_add_func("/loop-guard/flush", test_flush);
    g_test_add_func("/loop-guard/cleanup", test_cleanup);
    g_test_add_func("/loop-guard/gate", test_gate);
    return g_test_run();
}
