/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICMP echo requests and round trips over loopback paths. Requires root for a network namespace.
 */
#include <net/if.h>
#include <string.h>

#include "link-test-util.h"
#include "wl-echo.h"

static WlIp
ip_of(const char *text)
{
    WlIp ip;

    g_assert_true(wl_ip_parse(text, &ip));
    return ip;
}

typedef struct {
    guint n;
    WlKey key;
    guint16 sequence;
} Replies;

static Replies replies;

static void
on_reply(const WlKey *key, guint16 sequence, gpointer user_data)
{
    Replies *into = user_data;

    into->n++;
    into->key = *key;
    into->sequence = sequence;
}

static gboolean
has_replies(gpointer user_data)
{
    return replies.n == GPOINTER_TO_UINT(user_data);
}

static WlEcho *
echo_new(const char *local)
{
    g_autoptr(GError) error = NULL;
    WlIp ip = ip_of(local);
    WlRawSockets raw;
    WlEcho *echo;

    wl_raw_sockets_open(&raw);
    echo = wl_echo_new(&raw, &ip, (int) if_nametoindex("wlt0"), on_reply, &replies, &error);
    g_assert_no_error(error);
    wl_raw_sockets_close(&raw);
    return echo;
}

typedef struct {
    WlEcho *echo;
    WlIp peer;
} Target;

static gboolean
is_known(gpointer user_data)
{
    Target *target = user_data;

    return wl_echo_get_round_trip(target->echo, &target->peer) != 0;
}

/* Both addresses belong to this namespace, so that packets take the loopback path. */
static void
test_round_trip(void)
{
    g_autoptr(WlEcho) echo = echo_new("fe80::a");
    Target target = {echo, ip_of("fe80::b")};

    g_assert_cmpuint(wl_echo_get_round_trip(echo, &target.peer), ==, 0);
    wl_echo_measure(echo, &target.peer);
    test_wait(is_known, &target);
    g_assert_cmpuint(wl_echo_get_round_trip(echo, &target.peer), <, 15 * G_USEC_PER_SEC);
    wl_echo_forget(echo, &target.peer);
    g_assert_cmpuint(wl_echo_get_round_trip(echo, &target.peer), ==, 0);
}

/* Each object receives its own replies only, although both are on the same link. */
static void
test_own_replies(void)
{
    g_autoptr(WlEcho) sender = echo_new("fe80::a"), other = echo_new("fe80::a");
    Target target = {sender, ip_of("fe80::b")};

    wl_echo_measure(sender, &target.peer);
    test_wait(is_known, &target);
    test_settle();
    g_assert_cmpuint(wl_echo_get_round_trip(other, &target.peer), ==, 0);
}

static void
test_silent_peer(void)
{
    g_autoptr(WlEcho) echo = echo_new("fe80::a");
    Target target = {echo, ip_of("fe80::b")};
    WlIp silent = ip_of("fe80::dead");

    /* The second call has no effect: a request is pending. */
    wl_echo_measure(echo, &silent);
    wl_echo_measure(echo, &silent);
    wl_echo_measure(echo, &target.peer);
    test_wait(is_known, &target);
    g_assert_cmpuint(wl_echo_get_round_trip(echo, &silent), ==, 0);
}

static void
test_bad_link(void)
{
    g_autoptr(GError) error = NULL;
    WlIp ip = ip_of("fe80::a");
    WlRawSockets raw;

    wl_raw_sockets_open(&raw);
    g_assert_null(wl_echo_new(&raw, &ip, -5, on_reply, &replies, &error));
    g_assert_nonnull(error);
    g_assert_cmpint(raw.icmp6, ==, -1);
    wl_raw_sockets_close(&raw);
}

/* Requests of both families, also from a source that is not the link-local address. */
static void
test_requests(void)
{
    static const char *const addresses[][2] = {{NULL, "fe80::b"},
                                               {"fd77::a", "fe80::b"},
                                               {"fd77::a", "fd77::b"},
                                               {"10.77.0.2", "10.77.0.3"}};
    g_autoptr(WlEcho) echo = echo_new("fe80::a"), other = echo_new("fe80::a");

    for (guint i = 0; i < G_N_ELEMENTS(addresses); i++) {
        WlIp source = {0}, destination = ip_of(addresses[i][1]);
        guint16 sequence = (guint16) (0xfffe + i);
        WlKey key = test_key(i);

        if (addresses[i][0])
            source = ip_of(addresses[i][0]);
        memset(&replies, 0, sizeof replies);
        wl_echo_send(echo, &key, &source, &destination, sequence);
        test_wait(has_replies, GUINT_TO_POINTER(1));
        g_assert_cmpuint(replies.sequence, ==, sequence);
        g_assert_true(wl_key_equal(&replies.key, &key));
    }
    test_settle();
    g_assert_cmpuint(replies.n, ==, 1);
}

/* An unused address gets no reply, a request with mismatched addresses is not sent, and later
 * requests still work. */
static void
test_lost_requests(void)
{
    g_autoptr(WlEcho) echo = echo_new("fe80::a");
    WlIp none = {0}, v4 = ip_of("10.77.0.2"), v6 = ip_of("fe80::b"), silent = ip_of("10.77.0.99"),
         foreign = ip_of("10.99.0.1");
    WlKey key = test_key(1);

    memset(&replies, 0, sizeof replies);
    wl_echo_send(echo, &key, &v4, &silent, 1);
    wl_echo_send(echo, &key, &v4, &v6, 2);
    wl_echo_send(echo, &key, &none, &v4, 3);
    wl_echo_send(echo, &key, &foreign, &v4, 4);
    wl_echo_send(echo, &key, &none, &v6, 5);
    test_wait(has_replies, GUINT_TO_POINTER(1));
    g_assert_cmpuint(replies.sequence, ==, 5);
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
    test_run("ip addr add fd77::a/64 dev wlt0 nodad");
    test_run("ip addr add fd77::b/64 dev wlt0 nodad");
    test_run("ip addr add 10.77.0.2/24 dev wlt0");
    test_run("ip addr add 10.77.0.3/24 dev wlt0");
    g_test_add_func("/link/echo/round-trip", test_round_trip);
    g_test_add_func("/link/echo/own-replies", test_own_replies);
    g_test_add_func("/link/echo/silent-peer", test_silent_peer);
    g_test_add_func("/link/echo/bad-link", test_bad_link);
    g_test_add_func("/link/echo/requests", test_requests);
    g_test_add_func("/link/echo/lost-requests", test_lost_requests);
    return g_test_run();
}
