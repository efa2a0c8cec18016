/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What links of both backends do, and what only the kernel's do. */
#include "test-link.h"

#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wl-rtnl-address.h"
#include "wl-rtnl-link.h"
#include "wl-rtnl-route.h"

static gboolean
get_link(const char *name, WlRtnlLink *link)
{
    g_autoptr(WlNetlink) route = wl_netlink_new(NETLINK_ROUTE, NULL);

    return wl_rtnl_find_link(route, name, link) == 0;
}

static void
apply(WlLink *link, WlPeerChange *change)
{
    g_autoptr(GError) error = NULL;

    wl_link_apply(link, change, &error);
    g_assert_no_error(error);
    wl_peer_change_free(change);
}

static gboolean
is_read(gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    WlDevice **device = ((gpointer *) user_data)[0];

    *device = wl_link_read(((gpointer *) user_data)[1], &error);
    return !g_error_matches(error, WL_LINK_ERROR, WL_LINK_ERROR_PENDING);
}

static WlDevice *
read_device(WlLink *link)
{
    g_autoptr(GError) error = NULL;
    WlDevice *device = NULL;
    gpointer reading[] = {&device, link};

    /* wireguard-go may be slow on a busy machine */
    test_wait(is_read, reading);
    if (!device)
        device = wl_link_read(link, &error);
    g_assert_no_error(error);
    g_assert_nonnull(device);
    return device;
}

static void
set_up(WlLink *link, const char *address)
{
    g_autoptr(GError) error = NULL;
    WlPrefix prefix = test_prefix(address);

    wl_link_add_address(link, &prefix, &error);
    g_assert_no_error(error);
    wl_link_set_up(link, &error);
    g_assert_no_error(error);
}

static void
test_open(gconstpointer backend)
{
    WlKey private_key = test_key(1), public_key;
    g_autoptr(WlLink) link = open_link(backend, "wlt0", UUID, &private_key, 51820);
    g_autoptr(WlDevice) device = read_device(link);
    pid_t pid = backend == USERSPACE ? program_of("wlt0") : 0;
    WlRtnlLink found;

    wl_key_derive_public(&private_key, &public_key);
    g_assert_cmpstr(wl_link_get_name(link), ==, "wlt0");
    g_assert_cmpstr(wl_link_get_backend(link), ==, backend == KERNEL ? "kernel" : "userspace");
    g_assert_cmpuint((guint) wl_link_get_ifindex(link), ==, if_nametoindex("wlt0"));
    g_assert_true(get_link("wlt0", &found));
    g_assert_cmpstr(found.alias, ==, "wirelink:" UUID);
    g_assert_cmpstr(found.kind, ==, backend == KERNEL ? "wireguard" : "tun");
    g_assert_cmpuint(found.mtu, ==, 1380);
    g_assert_cmpuint(found.flags & IFF_UP, ==, 0);
    g_assert_true(wl_key_equal(&device->public_key, &public_key));
    g_assert_cmpuint(device->listen_port, ==, 51820);
    g_assert_cmpuint(device->peers->len, ==, 0);
    wl_link_destroy(link);
    wl_link_destroy(link);
    assert_nothing_left("wlt0");
    g_assert_true(pid == 0 || !is_running(pid));
}

static void
assert_peer(WlLink *link, const WlKey *key, const char *endpoint, const char *allowed_ips,
            guint keepalive)
{
    g_autoptr(WlDevice) device = read_device(link);
    const WlDevicePeer *peer = wl_device_find(device, key);
    g_autoptr(WlPeerChange) expected = test_change(WL_PEER_ADD, key, endpoint, allowed_ips);

    g_assert_nonnull(peer);
    g_assert_true(wl_endpoint_equal(&peer->endpoint, &expected->endpoint));
    g_assert_cmpuint(peer->keepalive, ==, keepalive);
    g_assert_cmpint(peer->handshake_age, ==, -1);
    test_assert_same_prefixes(peer->allowed_ips, expected->allowed_ips);
}

static void
test_peers(gconstpointer backend)
{
    WlKey private_key = test_key(1), a = test_key(2), b = test_key(3), c = test_key(4);
    g_autoptr(WlLink) link = open_link(backend, "wlt0", UUID, &private_key, 0);
    g_autoptr(WlDevice) device = NULL;
    WlPeerChange *change;

    change = test_change(WL_PEER_ADD, &a, "192.0.2.1:51820", "10.0.0.0/24 fd77::/64 10.0.1.1/32");
    change->keepalive = 25;
    change->has_preshared_key = TRUE;
    change->preshared_key = test_key(9);
    apply(link, change);
    assert_peer(link, &a, "192.0.2.1:51820", "10.0.0.0/24 fd77::/64 10.0.1.1/32", 25);

    /* Only the endpoint; then only the allowed IPs; then no allowed IPs. */
    apply(link, test_change(WL_PEER_UPDATE, &a, "[2001:db8::1]:7", NULL));
    assert_peer(link, &a, "[2001:db8::1]:7", "10.0.0.0/24 fd77::/64 10.0.1.1/32", 25);
    apply(link, test_change(WL_PEER_UPDATE, &a, NULL, "10.0.0.0/24 10.0.2.0/24"));
    assert_peer(link, &a, "[2001:db8::1]:7", "10.0.0.0/24 10.0.2.0/24", 25);
    apply(link, test_change(WL_PEER_UPDATE, &a, NULL, ""));
    assert_peer(link, &a, "[2001:db8::1]:7", "", 25);

    /* Updating an unknown peer does not create it; removing it is no error. */
    apply(link, test_change(WL_PEER_UPDATE, &b, "192.0.2.2:2", "10.9.0.0/16"));
    device = read_device(link);
    g_assert_cmpuint(device->peers->len, ==, 1);
    apply(link, test_change(WL_PEER_REMOVE, &b, NULL, NULL));

    /* An allowed IP moves to the peer it is set for last. */
    apply(link, test_change(WL_PEER_UPDATE, &a, NULL, "10.0.0.0/24 10.0.2.0/24"));
    apply(link, test_change(WL_PEER_ADD, &b, NULL, "10.0.2.0/24"));
    assert_peer(link, &a, "[2001:db8::1]:7", "10.0.0.0/24", 25);
    assert_peer(link, &b, NULL, "10.0.2.0/24", 0);

    /* Recreated without an endpoint, and an unknown peer. */
    apply(link, test_change(WL_PEER_RECREATE, &a, NULL, "10.0.5.0/24 fd77::5/128"));
    assert_peer(link, &a, NULL, "10.0.5.0/24 fd77::5/128", 0);
    apply(link, test_change(WL_PEER_RECREATE, &a, "192.0.2.9:9", "10.0.5.0/24"));
    assert_peer(link, &a, "192.0.2.9:9", "10.0.5.0/24", 0);
    apply(link, test_change(WL_PEER_RECREATE, &c, "192.0.2.3:3", "10.0.3.0/24"));
    assert_peer(link, &c, "192.0.2.3:3", "10.0.3.0/24", 0);

    apply(link, test_change(WL_PEER_REMOVE, &a, NULL, NULL));
    apply(link, test_change(WL_PEER_REMOVE, &b, NULL, NULL));
    apply(link, test_change(WL_PEER_REMOVE, &c, NULL, NULL));
    wl_device_free(device);
    device = read_device(link);
    g_assert_cmpuint(device->peers->len, ==, 0);
}

static void
test_many(gconstpointer backend)
{
    WlKey private_key = test_key(1), big = test_key(9999);
    g_autoptr(WlLink) link = open_link(backend, "wlt0", UUID, &private_key, 0);
    g_autoptr(WlPeerChange) huge = test_change(WL_PEER_ADD, &big, "192.0.2.1:1", "");
    g_autoptr(GPtrArray) changes =
        g_ptr_array_new_with_free_func((GDestroyNotify) wl_peer_change_free);
    g_autoptr(GError) error = NULL;
    g_autoptr(WlDevice) device = NULL;

    for (guint i = 0; i < 300; i++) {
        WlKey key = test_key(100 + i);
        WlPeerChange *change = test_change(WL_PEER_ADD, &key, "192.0.2.1:51820", "");

        test_fill_prefixes(change->allowed_ips, i, 40);
        g_ptr_array_add(changes, change);
        wl_link_apply(link, change, &error);
        g_assert_no_error(error);
    }
    test_fill_prefixes(huge->allowed_ips, 400, 5000);
    wl_link_apply(link, huge, &error);
    g_assert_no_error(error);
    device = read_device(link);
    g_assert_cmpuint(device->peers->len, ==, 301);
    for (guint i = 0; i < changes->len; i++) {
        const WlPeerChange *change = changes->pdata[i];
        const WlDevicePeer *peer = wl_device_find(device, &change->public_key);

        g_assert_nonnull(peer);
        g_assert_true(wl_endpoint_equal(&peer->endpoint, &change->endpoint));
        test_assert_same_prefixes(peer->allowed_ips, change->allowed_ips);
    }
    test_assert_same_prefixes(wl_device_find(device, &big)->allowed_ips, huge->allowed_ips);
    /* A long list replaces a long list. */
    wl_device_free(device);
    huge->kind = WL_PEER_UPDATE;
    g_array_set_size(huge->allowed_ips, 0);
    test_fill_prefixes(huge->allowed_ips, 401, 3000);
    wl_link_apply(link, huge, &error);
    g_assert_no_error(error);
    device = read_device(link);
    test_assert_same_prefixes(wl_device_find(device, &big)->allowed_ips, huge->allowed_ips);
}

typedef struct {
    WlLink *a, *b;
    WlKey key_a, key_b;
    gint64 age;
    WlEndpoint endpoint;
    guint64 rx;
} Pair;

static gboolean
has_handshake(gpointer user_data)
{
    Pair *pair = user_data;
    g_autoptr(WlDevice) a = read_device(pair->a);
    g_autoptr(WlDevice) b = read_device(pair->b);
    const WlDevicePeer *peer_a = wl_device_find(a, &pair->key_b);
    const WlDevicePeer *peer_b = wl_device_find(b, &pair->key_a);

    pair->age = peer_b->handshake_age;
    pair->endpoint = peer_b->endpoint;
    pair->rx = peer_b->rx_bytes;
    return peer_a->handshake_age >= 0 && peer_b->handshake_age >= 0;
}

/* Two links with a preshared key, connected over loopback: handshake age, counters, and the
 * endpoint learned. */
static void
test_handshake(gconstpointer backend)
{
    WlKey private_a = test_key(1), private_b = test_key(2);
    g_autoptr(WlLink) a = open_link(backend, "wlt0", UUID, &private_a, 42001);
    g_autoptr(WlLink) b = open_link(backend, "wlt1", OTHER, &private_b, 42002);
    Pair pair = {.a = a, .b = b};
    WlEndpoint expected = test_endpoint("127.0.0.1:42001");
    WlPeerChange *change;

    wl_key_derive_public(&private_a, &pair.key_a);
    wl_key_derive_public(&private_b, &pair.key_b);
    set_up(a, "fe80::a/64");
    set_up(b, "fe80::b/64");
    change = test_change(WL_PEER_ADD, &pair.key_a, NULL, "fe80::a/128");
    change->has_preshared_key = TRUE;
    change->preshared_key = test_key(77);
    apply(b, change);
    change = test_change(WL_PEER_ADD, &pair.key_b, "127.0.0.1:42002", "fe80::b/128");
    change->has_preshared_key = TRUE;
    change->preshared_key = test_key(77);
    change->keepalive = 1;
    apply(a, change);
    test_wait(has_handshake, &pair);
    g_assert_cmpint(pair.age, <, 60 * G_USEC_PER_SEC);
    g_assert_true(wl_endpoint_equal(&pair.endpoint, &expected));
    g_assert_cmpuint(pair.rx, >, 0);
    /* Recreating a peer resets all of these. */
    apply(b, test_change(WL_PEER_RECREATE, &pair.key_a, NULL, "fe80::a/128"));
    assert_peer(b, &pair.key_a, NULL, "fe80::a/128", 0);
}

static char *
read_sysctl(const char *path)
{
    g_autofree char *full = g_strconcat("/proc/sys/net/", path, NULL);
    char *text = NULL;

    g_assert_true(g_file_get_contents(full, &text, NULL, NULL));
    return g_strstrip(text);
}

static void
test_set_up(gconstpointer backend)
{
    static const char *const settings[][2] = {
        {"ipv6/conf/wlt0/accept_ra", "0"},        {"ipv6/conf/wlt0/accept_redirects", "0"},
        {"ipv6/conf/wlt0/disable_ipv6", "0"},     {"ipv6/conf/wlt0/addr_gen_mode", "1"},
        {"ipv4/conf/wlt0/accept_redirects", "0"}, {"ipv4/conf/wlt0/send_redirects", "0"},
    };
    WlKey private_key = test_key(1);
    g_autoptr(WlLink) link = NULL;
    g_autoptr(WlNetlink) route = wl_netlink_new(NETLINK_ROUTE, NULL);
    g_autoptr(GArray) addresses = g_array_new(FALSE, TRUE, sizeof(WlRtnlAddress));
    WlPrefix v4 = test_prefix("10.77.0.2/24");
    g_autoptr(GError) error = NULL;
    WlRtnlLink found;
    guint count = 0;

    /* IPv6 is disabled for new interfaces. */
    test_run("sh -c 'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6'");
    link = open_link(backend, "wlt0", UUID, &private_key, 42001);
    test_run("sh -c 'echo 0 > /proc/sys/net/ipv6/conf/default/disable_ipv6'");
    set_up(link, "fe80::a/64");
    g_assert_true(wl_link_add_address(link, &v4, &error));
    g_assert_true(wl_link_add_address(link, &v4, &error));
    g_assert_no_error(error);
    g_assert_true(get_link("wlt0", &found));
    g_assert_cmpuint(found.flags & IFF_UP, ==, IFF_UP);
    for (guint i = 0; i < G_N_ELEMENTS(settings); i++) {
        g_autofree char *value = read_sysctl(settings[i][0]);

        g_assert_cmpstr(value, ==, settings[i][1]);
    }
    /* Only the addresses added here. */
    g_assert_cmpint(wl_rtnl_list_addresses(route, addresses), ==, 0);
    for (guint i = 0; i < addresses->len; i++)
        count += g_array_index(addresses, WlRtnlAddress, i).ifindex == wl_link_get_ifindex(link);
    g_assert_cmpuint(count, ==, 2);
}

/* A setting that cannot be written is an error only if its value is wrong. */
static void
test_read_only_settings(gconstpointer backend)
{
    WlKey private_key = test_key(1);
    g_autoptr(WlLink) link = open_link(backend, "wlt0", UUID, &private_key, 0);
    g_autoptr(GError) error = NULL;

    test_run("mount --bind /proc/sys /proc/sys");
    test_run("mount -o remount,bind,ro /proc/sys");
    g_assert_false(wl_link_set_up(link, &error));
    test_run("umount /proc/sys");
    g_assert_error(error, WL_LINK_ERROR, WL_LINK_ERROR_FAILED);
    g_assert_cmpstr(error->message, ==,
                    "cannot set /proc/sys/net/ipv6/conf/wlt0/accept_ra to 0: Read-only file "
                    "system");
    g_clear_error(&error);
    set_up(link, "fe80::a/64");
    test_run("mount --bind /proc/sys /proc/sys");
    test_run("mount -o remount,bind,ro /proc/sys");
    wl_link_set_up(link, &error);
    test_run("umount /proc/sys");
    g_assert_no_error(error);
}

/* Detected when the link is opened or set up, depending on the backend. */
static void
test_port_in_use(gconstpointer backend)
{
    static const int families[] = {AF_INET, AF_INET6};
    WlKey private_key = test_key(1);
    WlLinkConfig config = make_config("wlt0", UUID, &private_key, 42007);
    g_autoptr(GError) error = NULL;
    WlLink *link;

    for (guint i = 0; i < G_N_ELEMENTS(families); i++) {
        struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(42007)};
        struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(42007)};
        int fd = socket(families[i], SOCK_DGRAM | SOCK_CLOEXEC, 0);

        if (families[i] == AF_INET)
            g_assert_cmpint(bind(fd, (struct sockaddr *) &v4, sizeof v4), ==, 0);
        else
            g_assert_cmpint(bind(fd, (struct sockaddr *) &v6, sizeof v6), ==, 0);
        link = try_open(backend, &config, &error);
        if (link) {
            g_assert_false(wl_link_set_up(link, &error));
            g_object_unref(link);
        }
        g_assert_error(error, WL_LINK_ERROR, WL_LINK_ERROR_IN_USE);
        g_assert_nonnull(strstr(error->message, "42007"));
        g_clear_error(&error);
        close(fd);
        assert_nothing_left("wlt0");
    }
    link = open_link(backend, "wlt0", UUID, &private_key, 42007);
    g_assert_true(wl_link_set_up(link, &error));
    g_assert_no_error(error);
    g_object_unref(link);
}

typedef struct {
    guint devices, changed, refused;
} Reports;

static void
on_device(WlLink *link, const WlDevice *device, const GError *error, gpointer user_data)
{
    Reports *reports = user_data;

    g_assert_nonnull(device);
    reports->devices++;
    reports->changed = device->peers->len;
}

static void
on_refused(WlLink *link, const WlKey *peer, const GError *error, gpointer user_data)
{
    ((Reports *) user_data)->refused++;
}

static gboolean
has_device(gpointer user_data)
{
    return ((Reports *) user_data)->devices > 0;
}

/* A program of several threads goes on for a moment after the signal. */
static void
stop_program(pid_t pid)
{
    siginfo_t info;

    g_assert_cmpint(kill(pid, SIGSTOP), ==, 0);
    g_assert_cmpint(waitid(P_PID, (id_t) pid, &info, WSTOPPED | WNOWAIT), ==, 0);
    g_assert_cmpint(info.si_code, ==, CLD_STOPPED);
}

/* A stopped wireguard-go blocks no caller: what it was sent takes effect in order once it goes on,
 * and a device that was read before shows the changes after it, too. */
static void
test_stopped(void)
{
    WlKey private_key = test_key(1);
    WlLink *link = open_link(USERSPACE, "wlt0", UUID, &private_key, 42001);
    /* a warning, on a busy machine */
    GLogLevelFlags fatal = g_log_set_always_fatal(G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
    pid_t pid = program_of("wlt0");
    Reports reports = {0};
    g_autoptr(GError) error = NULL;
    gint64 start;

    set_up(link, "fe80::a/64");
    g_signal_connect(link, "device", G_CALLBACK(on_device), &reports);
    g_signal_connect(link, "refused", G_CALLBACK(on_refused), &reports);
    for (guint round = 0; round < 2; round++) {
        stop_program(pid);
        reports.devices = 0;
        start = test_clock();
        for (guint i = 0; i < 5; i++) {
            WlKey key = test_key(10 + 5 * round + i);

            apply(link, test_change(WL_PEER_ADD, &key, NULL, NULL));
            g_assert_null(wl_link_read(link, &error));
            g_assert_error(error, WL_LINK_ERROR, WL_LINK_ERROR_PENDING);
            g_clear_error(&error);
        }
        /* 60 ms are waited for, all in all */
        g_assert_cmpint(test_clock() - start, <, 1900000);
        test_settle();
        g_assert_cmpuint(reports.devices, ==, 0);
        g_assert_cmpint(kill(pid, SIGCONT), ==, 0);
        test_wait(has_device, &reports);
        g_assert_cmpuint(reports.devices, ==, 1);
        g_assert_cmpuint(reports.changed, ==, 5 * (round + 1));
    }
    g_assert_cmpuint(reports.refused, ==, 0);
    /* it ends, too */
    stop_program(pid);
    g_assert_null(wl_link_read(link, NULL));
    start = test_clock();
    g_object_unref(link);
    g_assert_cmpint(test_clock() - start, <, 1900000);
    assert_nothing_left("wlt0");
    g_log_set_always_fatal(fatal);
}

static void
test_deleted(gconstpointer backend)
{
    WlKey private_key = test_key(1);
    g_autoptr(WlLink) link = open_link(backend, "wlt0", UUID, &private_key, 0);
    g_autoptr(GError) error = NULL;
    Failure failure = {0};

    g_signal_connect(link, "failed", G_CALLBACK(failed), &failure);
    test_run("ip link del wlt0");
    test_wait(has_failed, &failure);
    test_settle();
    g_assert_cmpuint(failure.count, ==, 1);
    g_assert_nonnull(strstr(failure.reason, "\"wlt0\""));
    g_assert_null(wl_link_read(link, &error));
    g_assert_error(error, WL_LINK_ERROR, WL_LINK_ERROR_GONE);
    assert_nothing_left("wlt0");
    g_free(failure.reason);
}

/* A packet whose source is not among the allowed IPs of its peer is dropped and counted once. Only
 * the kernel counts them. */
typedef struct {
    WlLink *link;
    guint64 wanted, rx;
} Dropping;

static gboolean
has_dropped(gpointer user_data)
{
    Dropping *dropping = user_data;
    g_autoptr(WlDevice) device = wl_link_read(dropping->link, NULL);

    g_assert_nonnull(device);
    return device->dropped >= dropping->wanted;
}

static gboolean
has_received(gpointer user_data)
{
    Dropping *dropping = user_data;
    g_autoptr(WlDevice) device = wl_link_read(dropping->link, NULL);
    const WlDevicePeer *peer = device->peers->pdata[0];

    return peer->rx_bytes >= dropping->rx;
}

static void
send_into(const char *interface, const char *address, guint n)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    WlIp ip;

    g_assert_true(wl_ip_parse(address, &ip));
    memcpy(&to.sin_addr, ip.bytes, sizeof to.sin_addr);
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface, strlen(interface) + 1),
                    ==, 0);
    for (guint i = 0; i < n; i++)
        g_assert_cmpint(sendto(fd, "x", 1, 0, (struct sockaddr *) &to, sizeof to), ==, 1);
    close(fd);
}

static void
test_kernel_dropped(void)
{
    WlKey key_a = test_key(1), key_b = test_key(2), a, b;
    g_autoptr(WlLink) link_a = open_link(KERNEL, "wlt0", UUID, &key_a, 41001);
    g_autoptr(WlLink) link_b = open_link(KERNEL, "wlt1", OTHER, &key_b, 41002);
    g_autoptr(WlPeerChange) to_b = NULL;
    g_autoptr(WlPeerChange) to_a = NULL;
    g_autoptr(WlPeerChange) allowed = NULL;
    g_autoptr(WlPeerChange) refused = NULL;
    g_autoptr(WlDevice) device = NULL;
    g_autoptr(GError) error = NULL;
    WlPrefix address = test_prefix("10.77.0.1/24");
    Dropping dropping = {link_b, 5, 0};

    wl_key_derive_public(&key_a, &a);
    wl_key_derive_public(&key_b, &b);
    to_b = test_change(WL_PEER_ADD, &b, "127.0.0.1:41002", "10.77.0.2/32");
    to_a = test_change(WL_PEER_ADD, &a, NULL, "10.77.0.9/32");
    g_assert_true(wl_link_set_up(link_a, &error));
    g_assert_true(wl_link_set_up(link_b, &error));
    g_assert_true(wl_link_add_address(link_a, &address, &error));
    g_assert_true(wl_link_apply(link_a, to_b, &error));
    g_assert_true(wl_link_apply(link_b, to_a, &error));
    send_into("wlt0", "10.77.0.2", 5);
    test_wait(has_dropped, &dropping);
    /* allowed packets are not counted */
    device = wl_link_read(link_b, &error);
    g_assert_no_error(error);
    dropping.rx = ((WlDevicePeer *) device->peers->pdata[0])->rx_bytes + 5 * 64;
    allowed = test_change(WL_PEER_UPDATE, &a, NULL, "10.77.0.1/32");
    g_assert_true(wl_link_apply(link_b, allowed, &error));
    send_into("wlt0", "10.77.0.2", 5);
    test_wait(has_received, &dropping);
    refused = test_change(WL_PEER_UPDATE, &a, NULL, "10.77.0.9/32");
    g_assert_true(wl_link_apply(link_b, refused, &error));
    send_into("wlt0", "10.77.0.2", 1);
    dropping.wanted = 6;
    test_wait(has_dropped, &dropping);
    g_clear_pointer(&device, wl_device_free);
    device = wl_link_read(link_b, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(device->dropped, ==, 6);
}

static void
add_all(const char *name, gpointer backend)
{
    add(name, "open", backend, test_open);
    add(name, "peers", backend, test_peers);
    add(name, "many", backend, test_many);
    add(name, "handshake", backend, test_handshake);
    add(name, "set-up", backend, test_set_up);
    add(name, "read-only-settings", backend, test_read_only_settings);
    add(name, "port-in-use", backend, test_port_in_use);
    add(name, "deleted", backend, test_deleted);
}

int
main(int argc, char **argv)
{
    gboolean kernel;

    if (argc == 3 && g_str_equal(argv[1], "--hold"))
        hold(argv[2]);
    /* Must not be in the environment of the programs that tests start. */
    g_setenv("WL_TEST_SECRET", "1", TRUE);
    g_test_init(&argc, &argv, NULL);
    test_enter_namespaces();
    kernel = kernel_has_wireguard();
    if (g_getenv("WIRELINK_TEST_KERNEL") && !kernel)
        g_error("WIRELINK_TEST_KERNEL is set, but this kernel has no WireGuard");
    if (kernel) {
        add_all("kernel", KERNEL);
        g_test_add_func("/link/kernel/dropped", test_kernel_dropped);
    }
    add_all("userspace", USERSPACE);
    g_test_add_func("/link/userspace/stopped", test_stopped);
    add_opening_tests();
    add_cleanup_tests(kernel);
    return g_test_run();
}
