/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Detection of the first packet through a tun device. Requires root for a network namespace. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "link-test-util.h"
#include "wl-raw-sockets.h"
#include "wl-traffic-watch.h"

/* A tun device, as wireguard-go has. For a packet socket the kernel's WireGuard looks the same. */
static int tun;

static void
make_tun(void)
{
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};

    tun = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (tun < 0)
        g_error("cannot open /dev/net/tun: %s", g_strerror(errno));
    strcpy(request.ifr_name, "wlt0");
    if (ioctl(tun, TUNSETIFF, &request) < 0)
        g_error("cannot make a tun device: %s", g_strerror(errno));
    test_run("ip link set wlt0 addrgenmode none");
    test_run("ip link set wlt0 up");
    test_run("ip addr add 10.77.0.2/24 dev wlt0");
    test_run("ip addr add fe80::a/64 dev wlt0 nodad");
    test_run("ip addr add fd77::2/64 dev wlt0 nodad");
}

static guint begun;
static WlIp destination; /* of the last packet reported */

static void
on_begun(const WlIp *to, gpointer user_data)
{
    destination = *to;
    begun++;
}

static void
check_destination(const char *expected)
{
    WlIp ip;

    g_assert_true(wl_ip_parse(expected, &ip));
    g_assert_true(wl_ip_equal(&ip, &destination));
}

static gboolean
has_begun(gpointer user_data)
{
    return begun >= GPOINTER_TO_UINT(user_data);
}

static WlTrafficWatch *
watch_new(void)
{
    g_autoptr(GError) error = NULL;
    WlTrafficWatch *watch;
    WlRawSockets raw;

    begun = 0;
    wl_raw_sockets_open(&raw);
    watch = wl_traffic_watch_new(wl_raw_sockets_steal(&raw.packet), (int) if_nametoindex("wlt0"),
                                 on_begun, NULL, &error);
    g_assert_no_error(error);
    wl_raw_sockets_close(&raw);
    return watch;
}

/* Sends one datagram, which the watch sees before sendto() returns. */
static void
send_to(const char *address)
{
    WlIp ip;
    int fd;

    g_assert_true(wl_ip_parse(address, &ip));
    fd = socket(ip.family == WL_FAMILY_V4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(fd, >=, 0);
    if (ip.family == WL_FAMILY_V4) {
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
        int on = 1;

        setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
        memcpy(&to.sin_addr, ip.bytes, sizeof to.sin_addr);
        g_assert_cmpint(sendto(fd, "x", 1, 0, (struct sockaddr *) &to, sizeof to), ==, 1);
    } else {
        struct sockaddr_in6 to = {.sin6_family = AF_INET6,
                                  .sin6_port = htons(9),
                                  .sin6_scope_id = if_nametoindex("wlt0")};

        memcpy(&to.sin6_addr, ip.bytes, sizeof to.sin6_addr);
        g_assert_cmpint(sendto(fd, "x", 1, 0, (struct sockaddr *) &to, sizeof to), ==, 1);
    }
    close(fd);
}

static void
test_once(void)
{
    g_autoptr(WlTrafficWatch) watch = watch_new();

    for (guint i = 1; i <= 3; i++) {
        wl_traffic_watch_arm(watch, NULL);
        wl_traffic_watch_arm(watch, NULL);
        for (guint j = 0; j < 20; j++)
            send_to(i == 2 ? "fd77::9" : "10.77.0.9");
        test_wait(has_begun, GUINT_TO_POINTER(i));
        check_destination(i == 2 ? "fd77::9" : "10.77.0.9");
        for (guint j = 0; j < 20; j++)
            send_to("10.77.0.9");
        test_settle();
        g_assert_cmpuint(begun, ==, i);
    }
}

static void
test_not_armed(void)
{
    g_autoptr(WlTrafficWatch) watch = watch_new();

    send_to("10.77.0.9");
    test_settle();
    g_assert_cmpuint(begun, ==, 0);
    /* earlier packets are not reported */
    wl_traffic_watch_arm(watch, NULL);
    test_settle();
    g_assert_cmpuint(begun, ==, 0);
}

static void
test_link_local(void)
{
    static const char *const quiet[] = {"fe80::b", "ff02::1", "224.0.0.251", "255.255.255.255"};
    g_autoptr(WlTrafficWatch) watch = watch_new();

    test_run("ip route replace 224.0.0.0/4 dev wlt0");
    test_run("ip route replace 255.255.255.255/32 dev wlt0");
    wl_traffic_watch_arm(watch, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(quiet); i++)
        send_to(quiet[i]);
    test_settle();
    g_assert_cmpuint(begun, ==, 0);
    send_to("fd77::9");
    test_wait(has_begun, GUINT_TO_POINTER(1));
}

/* Received packets are reported too. */
static void
test_incoming(void)
{
    static const guint8 packet[20] = {0x45, 0, 0,  20, 0, 0, 0,  0,  1, 253,
                                      0,    0, 10, 77, 0, 9, 10, 77, 0, 2};
    g_autoptr(WlTrafficWatch) watch = watch_new();

    wl_traffic_watch_arm(watch, NULL);
    g_assert_cmpint(write(tun, packet, sizeof packet), ==, sizeof packet);
    test_wait(has_begun, GUINT_TO_POINTER(1));
}

/* Only packets to one of the prefixes are reported. */
static void
test_prefixes(void)
{
    static const char *const wanted[] = {"10.77.0.9/32", "10.77.0.128/25", "fd77::9/128",
                                         "fd77:0:0:1::/64", "fd77::8000/113"};
    static const char *const others[] = {"10.77.0.8", "10.77.0.127", "fd77::8", "fd77::7fff",
                                         "fd77:0:0:2::9"};
    static const char *const reported[] = {"10.77.0.9", "10.77.0.128",   "10.77.0.254",
                                           "fd77::9",   "fd77:0:0:1::9", "fd77::ffff"};
    g_autoptr(GArray) prefixes = g_array_new(FALSE, TRUE, sizeof(WlPrefix));
    g_autoptr(WlTrafficWatch) watch = watch_new();

    test_run("ip -6 route replace fd77:0:0:1::/64 dev wlt0");
    test_run("ip -6 route replace fd77:0:0:2::/64 dev wlt0");
    for (guint i = 0; i < G_N_ELEMENTS(wanted); i++) {
        WlPrefix prefix;
        g_assert_true(wl_prefix_parse(wanted[i], &prefix));
        g_array_append_val(prefixes, prefix);
    }
    for (guint i = 0; i < G_N_ELEMENTS(reported); i++) {
        /* the last call takes effect */
        wl_traffic_watch_arm(watch, NULL);
        wl_traffic_watch_arm(watch, prefixes);
        for (guint j = 0; j < G_N_ELEMENTS(others); j++)
            send_to(others[j]);
        test_settle();
        g_assert_cmpuint(begun, ==, i);
        send_to(reported[i]);
        test_wait(has_begun, GUINT_TO_POINTER(i + 1));
        check_destination(reported[i]);
    }
}

/* More prefixes than allowed, of the kind with the longest filter. */
static void
test_many_prefixes(void)
{
    g_autoptr(GArray) prefixes = g_array_new(FALSE, TRUE, sizeof(WlPrefix));
    g_autoptr(WlTrafficWatch) watch = watch_new();

    for (guint i = 0; i < WL_TRAFFIC_MAX_PREFIXES + 5; i++) {
        g_autofree char *text = g_strdup_printf("fd77::1:%x/128", i);
        WlPrefix prefix;
        g_assert_true(wl_prefix_parse(text, &prefix));
        g_array_append_val(prefixes, prefix);
    }
    wl_traffic_watch_arm(watch, prefixes);
    send_to("fd77::1:21");
    test_settle();
    g_assert_cmpuint(begun, ==, 0);
    send_to("fd77::1:1f");
    test_wait(has_begun, GUINT_TO_POINTER(1));
}

/* A link that goes down and up again is still watched. */
static void
test_down_and_up(void)
{
    g_autoptr(WlTrafficWatch) watch = watch_new();

    wl_traffic_watch_arm(watch, NULL);
    test_run("ip link set wlt0 down");
    test_settle();
    test_run("ip link set wlt0 up");
    test_settle();
    g_assert_cmpuint(begun, ==, 0);
    send_to("10.77.0.9");
    test_wait(has_begun, GUINT_TO_POINTER(1));
}

static guint warnings;

static GLogWriterOutput
count_warnings(GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
    warnings += (level & G_LOG_LEVEL_WARNING) != 0;
    return G_LOG_WRITER_HANDLED;
}

/* A refused filter is logged once. */
static void
test_refused(void)
{
    int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
    g_autoptr(GError) error = NULL;
    g_autoptr(WlTrafficWatch) watch =
        wl_traffic_watch_new(fd, (int) if_nametoindex("wlt0"), on_begun, NULL, &error);

    g_assert_no_error(error);
    wl_traffic_watch_arm(watch, NULL);
    g_assert_cmpint(setsockopt(fd, SOL_SOCKET, SO_LOCK_FILTER, &on, sizeof on), ==, 0);
    g_log_set_always_fatal(G_LOG_FATAL_MASK);
    g_log_set_writer_func(count_warnings, NULL,
                          NULL); /* allowed once in a program: this test is the last */
    for (guint i = 0; i < 3; i++)
        wl_traffic_watch_arm(watch, NULL);
    g_assert_cmpuint(warnings, ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    test_enter_namespaces();
    make_tun();
    g_test_add_func("/link/traffic-watch/once", test_once);
    g_test_add_func("/link/traffic-watch/not-armed", test_not_armed);
    g_test_add_func("/link/traffic-watch/link-local", test_link_local);
    g_test_add_func("/link/traffic-watch/incoming", test_incoming);
    g_test_add_func("/link/traffic-watch/prefixes", test_prefixes);
    g_test_add_func("/link/traffic-watch/many-prefixes", test_many_prefixes);
    g_test_add_func("/link/traffic-watch/down-and-up", test_down_and_up);
    g_test_add_func("/link/traffic-watch/refused", test_refused);
    return g_test_run();
}
