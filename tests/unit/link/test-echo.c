/* SPDX-License-Identifier: GPL-2.0-or-later */
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

/* Probes answered, in their order. */
typedef struct {
    guint n;
    WlKey key;
    guint16 sequence;
} Answers;

static Answers answers;

static void
on_answer(const WlKey *key, guint16 sequence, gpointer user_data)
{
    Answers *into = user_data;

    into->n++;
    into->key = *key;
    into->sequence = sequence;
}

static gboolean
is_answered(gpointer user_data)
{
    return answers.n == GPOINTER_TO_UINT(user_data);
}

static WlEcho *
ping_new(const char *local)
{
    g_autoptr(GError) error = NULL;
    WlIp ip = ip_of(local);
    WlRawSockets raw;
    WlEcho *ping;

    wl_raw_sockets_open(&raw, &error);
    g_assert_no_error(error);
    ping = wl_echo_new(&raw, &ip, (int) if_nametoindex("wlt0"), on_answer, &answers, &error);
    g_assert_no_error(error);
    wl_raw_sockets_close(&raw);
    return ping;
}

typedef struct {
    WlEcho *ping;
    WlIp peer;
} Asked;

static gboolean
is_known(gpointer user_data)
{
    Asked *asked = user_data;

    return wl_echo_get_round_trip(asked->ping, &asked->peer) != 0;
}

/* Two ends of a link in one namespace: link-local packets to an own address go by loopback. */
static void
test_round_trip(void)
{
    g_autoptr(WlEcho) ping = ping_new("fe80::a");
    Asked asked = {ping, ip_of("fe80::b")};

    g_assert_cmpuint(wl_echo_get_round_trip(ping, &asked.peer), ==, 0);
    wl_echo_measure(ping, &asked.peer);
    test_wait(is_known, &asked);
    g_assert_cmpuint(wl_echo_get_round_trip(ping, &asked.peer), <, 15 * G_USEC_PER_SEC);
    wl_echo_forget(ping, &asked.peer);
    g_assert_cmpuint(wl_echo_get_round_trip(ping, &asked.peer), ==, 0);
}

/* The answers of one are not those of the other, though both are in the same namespace. */
static void
test_own_answers(void)
{
    g_autoptr(WlEcho) asking = ping_new("fe80::a"), other = ping_new("fe80::a");
    Asked asked = {asking, ip_of("fe80::b")};

    wl_echo_measure(asking, &asked.peer);
    test_wait(is_known, &asked);
    test_settle();
    g_assert_cmpuint(wl_echo_get_round_trip(other, &asked.peer), ==, 0);
}

static void
test_silent_peer(void)
{
    g_autoptr(WlEcho) ping = ping_new("fe80::a");
    Asked asked = {ping, ip_of("fe80::b")};
    WlIp silent = ip_of("fe80::dead");

    /* Asked again at once: one probe is outstanding. */
    wl_echo_measure(ping, &silent);
    wl_echo_measure(ping, &silent);
    wl_echo_measure(ping, &asked.peer);
    test_wait(is_known, &asked);
    g_assert_cmpuint(wl_echo_get_round_trip(ping, &silent), ==, 0);
}

static void
test_bad_link(void)
{
    g_autoptr(GError) error = NULL;
    WlIp ip = ip_of("fe80::a");
    WlRawSockets raw;

    wl_raw_sockets_open(&raw, &error);
    g_assert_no_error(error);
    g_assert_null(wl_echo_new(&raw, &ip, -5, on_answer, &answers, &error));
    g_assert_nonnull(error);
    g_assert_cmpint(raw.icmp6, ==, -1);
    wl_raw_sockets_close(&raw);
}

/* Of both families, from an address of ours that is not the link-local one too. */
static void
test_probes(void)
{
    static const char *const ways[][2] = {{NULL, "fe80::b"},
                                          {"fd77::a", "fe80::b"},
                                          {"fd77::a", "fd77::b"},
                                          {"10.77.0.2", "10.77.0.3"}};
    g_autoptr(WlEcho) ping = ping_new("fe80::a"), other = ping_new("fe80::a");

    for (guint i = 0; i < G_N_ELEMENTS(ways); i++) {
        WlIp source = {0}, destination = ip_of(ways[i][1]);
        guint16 sequence = (guint16) (0xfffe + i);
        WlKey key = test_key(i);

        if (ways[i][0])
            source = ip_of(ways[i][0]);
        memset(&answers, 0, sizeof answers);
        wl_echo_send(ping, &key, &source, &destination, sequence);
        test_wait(is_answered, GUINT_TO_POINTER(1));
        g_assert_cmpuint(answers.sequence, ==, sequence);
        g_assert_true(wl_key_equal(&answers.key, &key));
    }
    test_settle();
    g_assert_cmpuint(answers.n, ==, 1);
}

/* Neither what nobody has nor what does not fit together is answered, and neither breaks what
 * comes after. */
static void
test_lost_probes(void)
{
    g_autoptr(WlEcho) ping = ping_new("fe80::a");
    WlIp none = {0}, v4 = ip_of("10.77.0.2"), v6 = ip_of("fe80::b"), silent = ip_of("10.77.0.99"),
         foreign = ip_of("10.99.0.1");
    WlKey key = test_key(1);

    memset(&answers, 0, sizeof answers);
    wl_echo_send(ping, &key, &v4, &silent, 1);
    wl_echo_send(ping, &key, &v4, &v6, 2);
    wl_echo_send(ping, &key, &none, &v4, 3);
    wl_echo_send(ping, &key, &foreign, &v4, 4);
    wl_echo_send(ping, &key, &none, &v6, 5);
    test_wait(is_answered, GUINT_TO_POINTER(1));
    g_assert_cmpuint(answers.sequence, ==, 5);
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
    g_test_add_func("/link/ping/round-trip", test_round_trip);
    g_test_add_func("/link/ping/own-answers", test_own_answers);
    g_test_add_func("/link/ping/silent-peer", test_silent_peer);
    g_test_add_func("/link/ping/bad-link", test_bad_link);
    g_test_add_func("/link/ping/probes", test_probes);
    g_test_add_func("/link/ping/lost-probes", test_lost_probes);
    return g_test_run();
}
