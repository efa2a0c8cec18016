/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <net/if.h>

#include "link-test-util.h"
#include "wl-ping.h"

static WlIp
ip_of(const char *text)
{
    WlIp ip;

    g_assert_true(wl_ip_parse(text, &ip));
    return ip;
}

static WlPing *
ping_new(const char *local)
{
    g_autoptr(GError) error = NULL;
    WlIp ip = ip_of(local);
    int fd = wl_ping_open_socket(&error);
    WlPing *ping;

    g_assert_no_error(error);
    ping = wl_ping_new(fd, &ip, (int) if_nametoindex("wlt0"), &error);
    g_assert_no_error(error);
    return ping;
}

typedef struct {
    WlPing *ping;
    WlIp peer;
} Asked;

static gboolean
is_known(gpointer user_data)
{
    Asked *asked = user_data;

    return wl_ping_get(asked->ping, &asked->peer) != 0;
}

/* Two ends of a link in one namespace: link-local packets to an own address go by loopback. */
static void
test_round_trip(void)
{
    g_autoptr(WlPing) ping = ping_new("fe80::a");
    Asked asked = {ping, ip_of("fe80::b")};

    g_assert_cmpuint(wl_ping_get(ping, &asked.peer), ==, 0);
    wl_ping_probe(ping, &asked.peer);
    test_wait(is_known, &asked);
    g_assert_cmpuint(wl_ping_get(ping, &asked.peer), <, 15 * G_USEC_PER_SEC);
    wl_ping_forget(ping, &asked.peer);
    g_assert_cmpuint(wl_ping_get(ping, &asked.peer), ==, 0);
}

/* The answers of one are not those of the other, though both are in the same namespace. */
static void
test_own_answers(void)
{
    g_autoptr(WlPing) asking = ping_new("fe80::a"), other = ping_new("fe80::a");
    Asked asked = {asking, ip_of("fe80::b")};

    wl_ping_probe(asking, &asked.peer);
    test_wait(is_known, &asked);
    test_settle();
    g_assert_cmpuint(wl_ping_get(other, &asked.peer), ==, 0);
}

static void
test_silent_peer(void)
{
    g_autoptr(WlPing) ping = ping_new("fe80::a");
    Asked asked = {ping, ip_of("fe80::b")};
    WlIp silent = ip_of("fe80::dead");

    /* Asked again at once: one probe is outstanding. */
    wl_ping_probe(ping, &silent);
    wl_ping_probe(ping, &silent);
    wl_ping_probe(ping, &asked.peer);
    test_wait(is_known, &asked);
    g_assert_cmpuint(wl_ping_get(ping, &silent), ==, 0);
}

static void
test_bad_address(void)
{
    g_autoptr(GError) error = NULL;
    WlIp ip = ip_of("fe80::1234");
    int fd = wl_ping_open_socket(&error);

    g_assert_no_error(error);
    g_assert_null(wl_ping_new(fd, &ip, (int) if_nametoindex("wlt0"), &error));
    g_assert_nonnull(error);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    test_enter_namespaces();
    test_run("ip link add wlt0 type veth peer name wlt1");
    test_run("ip link set wlt0 up");
    test_run("ip link set wlt1 up");
    test_run("ip addr add fe80::a/64 dev wlt0 nodad");
    test_run("ip addr add fe80::b/64 dev wlt0 nodad");
    g_test_add_func("/link/ping/round-trip", test_round_trip);
    g_test_add_func("/link/ping/own-answers", test_own_answers);
    g_test_add_func("/link/ping/silent-peer", test_silent_peer);
    g_test_add_func("/link/ping/bad-address", test_bad_address);
    return g_test_run();
}
