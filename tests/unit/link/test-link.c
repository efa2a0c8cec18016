/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "link-test-util.h"
#include "wl-claim.h"
#include "wl-link-private.h"
#include "wl-rtnl.h"
#include "wl-uapi.h"

/* The same cases for both implementations: the test data says which. */
#define KERNEL    GINT_TO_POINTER(1)
#define USERSPACE GINT_TO_POINTER(2)

#define UUID  "11111111-2222-3333-4444-555555555555"
#define OTHER "66666666-7777-8888-9999-000000000000"

typedef struct {
    WlLink *link;
    GError *error;
    gboolean done;
} Opening;

static gboolean
is_done(gpointer user_data)
{
    return ((Opening *) user_data)->done;
}

static void
opened_userspace(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Opening *opening = user_data;

    opening->link = wl_link_userspace_new_finish(result, &opening->error);
    opening->done = TRUE;
}

static void
opened(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Opening *opening = user_data;

    opening->link = wl_link_open_finish(result, &opening->error);
    opening->done = TRUE;
}

static WlLinkConfig
make_config(const char *name, const char *uuid, const WlKey *key, guint16 port)
{
    WlLinkConfig config = {name, uuid, key, port, 1380, NULL};

    return config;
}

/* Opens with the implementation wanted, past the choice that wl_link_open_async() makes. */
static WlLink *
try_open(gconstpointer backend, const WlLinkConfig *config, GError **error)
{
    Opening opening = {0};

    if (backend == KERNEL)
        return wl_link_kernel_new(config, error);
    wl_link_userspace_new_async(config, NULL, opened_userspace, &opening);
    test_wait(is_done, &opening);
    if (opening.error)
        g_propagate_error(error, opening.error);
    return opening.link;
}

static WlLink *
open_link(gconstpointer backend, const char *name, const char *uuid, const WlKey *key, guint16 port)
{
    WlLinkConfig config = make_config(name, uuid, key, port);
    g_autoptr(GError) error = NULL;
    WlLink *link = try_open(backend, &config, &error);

    g_assert_no_error(error);
    g_assert_nonnull(link);
    return link;
}

static WlLink *
open_any(const char *name, const char *uuid, GError **error)
{
    WlKey key = test_key(1);
    WlLinkConfig config = make_config(name, uuid, &key, 0);
    Opening opening = {0};

    wl_link_open_async(&config, NULL, opened, &opening);
    test_wait(is_done, &opening);
    if (opening.error)
        g_propagate_error(error, opening.error);
    return opening.link;
}

static gboolean
get_link(const char *name, WlRtnlLink *link)
{
    g_autoptr(WlNetlink) route = wl_netlink_new(NETLINK_ROUTE, NULL);

    return wl_rtnl_find_link(route, name, link) == 0;
}

static void
assert_nothing_left(const char *name)
{
    g_autofree char *path = wl_uapi_socket_path(name);

    g_assert_false(test_has_link(name));
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static pid_t
program_of(const char *name)
{
    pid_t pid = 0;
    int fd = wl_uapi_connect(name, &pid);

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    return pid;
}

static gboolean
is_running(pid_t pid)
{
    return kill(pid, 0) == 0;
}

static void
apply(WlLink *link, WlPeerChange *change)
{
    g_autoptr(GError) error = NULL;

    wl_link_apply(link, change, &error);
    g_assert_no_error(error);
    wl_peer_change_free(change);
}

static WlDevice *
read_device(WlLink *link)
{
    g_autoptr(GError) error = NULL;
    WlDevice *device = wl_link_read(link, &error);

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

    /* Only the endpoint; then only allowed IPs; then to none at all. */
    apply(link, test_change(WL_PEER_UPDATE, &a, "[2001:db8::1]:7", NULL));
    assert_peer(link, &a, "[2001:db8::1]:7", "10.0.0.0/24 fd77::/64 10.0.1.1/32", 25);
    apply(link, test_change(WL_PEER_UPDATE, &a, NULL, "10.0.0.0/24 10.0.2.0/24"));
    assert_peer(link, &a, "[2001:db8::1]:7", "10.0.0.0/24 10.0.2.0/24", 25);
    apply(link, test_change(WL_PEER_UPDATE, &a, NULL, ""));
    assert_peer(link, &a, "[2001:db8::1]:7", "", 25);

    /* What is not there is neither updated into being nor an error to remove. */
    apply(link, test_change(WL_PEER_UPDATE, &b, "192.0.2.2:2", "10.9.0.0/16"));
    device = read_device(link);
    g_assert_cmpuint(device->peers->len, ==, 1);
    apply(link, test_change(WL_PEER_REMOVE, &b, NULL, NULL));

    /* An allowed IP moves to whoever got it last. */
    apply(link, test_change(WL_PEER_UPDATE, &a, NULL, "10.0.0.0/24 10.0.2.0/24"));
    apply(link, test_change(WL_PEER_ADD, &b, NULL, "10.0.2.0/24"));
    assert_peer(link, &a, "[2001:db8::1]:7", "10.0.0.0/24", 25);
    assert_peer(link, &b, NULL, "10.0.2.0/24", 0);

    /* Re-created without an endpoint, and one that was not there. */
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
    /* A long list replaced by a long list. */
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

/* Two links that talk over loopback, with a preshared key: age, counters and the endpoint learned.
 */
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
    /* Re-creating forgets all of it. */
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

    /* A host where IPv6 is off for new links. */
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
    /* Ours and no other. */
    g_assert_cmpint(wl_rtnl_list_addresses(route, addresses), ==, 0);
    for (guint i = 0; i < addresses->len; i++)
        count += g_array_index(addresses, WlRtnlAddress, i).ifindex == wl_link_get_ifindex(link);
    g_assert_cmpuint(count, ==, 2);
}

/* What cannot be written is an error only where it is wrong. */
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

/* Noticed when the link is opened or when it goes up, as the implementation can. */
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
    guint count;
    char *reason;
} Failure;

static void
failed(WlLink *link, const char *reason, gpointer user_data)
{
    Failure *failure = user_data;

    failure->count++;
    g_free(failure->reason);
    failure->reason = g_strdup(reason);
    wl_link_destroy(link);
}

static gboolean
has_failed(gpointer user_data)
{
    return ((Failure *) user_data)->count > 0;
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

static void
test_program_killed(void)
{
    WlKey private_key = test_key(1);
    g_autoptr(WlLink) link = open_link(USERSPACE, "wlt0", UUID, &private_key, 0);
    Failure failure = {0};

    g_signal_connect(link, "failed", G_CALLBACK(failed), &failure);
    g_assert_cmpint(kill(program_of("wlt0"), SIGKILL), ==, 0);
    test_wait(has_failed, &failure);
    test_settle();
    g_assert_cmpuint(failure.count, ==, 1);
    assert_nothing_left("wlt0");
    g_free(failure.reason);
}

static gboolean
link_is_gone(gpointer user_data)
{
    return !test_has_link(user_data);
}

static gboolean
has_ended(gpointer user_data)
{
    return !is_running(*(pid_t *) user_data);
}

/* A process of its own opens a link and is killed. */
static void
test_killed_owner(gconstpointer backend)
{
    const char *arguments[] = {"/proc/self/exe", "--hold",
                               backend == KERNEL ? "kernel" : "userspace", NULL};
    g_autoptr(GError) error = NULL;
    char word[8] = "";
    pid_t program = 0;
    GPid owner;
    int out;

    g_spawn_async_with_pipes(NULL, (char **) arguments, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                             &owner, NULL, &out, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(read(out, word, 6), ==, 6);
    g_assert_cmpstr(word, ==, "ready\n");
    close(out);
    g_assert_true(test_has_link("wlt0"));
    if (backend == USERSPACE)
        program = program_of("wlt0");
    kill(owner, SIGKILL);
    waitpid(owner, NULL, 0);
    if (backend == USERSPACE) {
        /* The parent-death signal ends it, without anybody sweeping. */
        test_wait(link_is_gone, (gpointer) "wlt0");
        test_wait(has_ended, &program);
    } else {
        g_assert_true(wl_link_sweep(OTHER, 0, &error));
        g_assert_true(test_has_link("wlt0"));
        g_assert_true(wl_link_sweep(UUID, (int) if_nametoindex("wlt0"), &error));
        g_assert_true(test_has_link("wlt0"));
        g_assert_true(wl_link_sweep(UUID, 0, &error));
        g_assert_no_error(error);
    }
    assert_nothing_left("wlt0");
}

/* A program left behind by an owner that could not take it along. */
static void
test_sweep_program(void)
{
    const char *arguments[] = {"wireguard-go", "-f", "wlt0", NULL};
    const char *environment[] = {"WG_PROCESS_FOREGROUND=1", "LOG_LEVEL=silent", NULL};
    g_autofree char *path = wl_uapi_socket_path("wlt0");
    g_autoptr(GError) error = NULL;
    int status;
    GPid pid;

    g_spawn_async(NULL, (char **) arguments, (char **) environment,
                  G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL |
                      G_SPAWN_STDERR_TO_DEV_NULL,
                  NULL, NULL, &pid, &error);
    g_assert_no_error(error);
    for (pid_t found = 0; found != pid;) {
        int fd = wl_uapi_connect("wlt0", &found);

        if (fd >= 0)
            close(fd);
        g_assert_cmpint(waitpid(pid, &status, WNOHANG), ==, 0);
        g_usleep(5000);
    }
    /* Without a mark it is not ours. */
    g_assert_true(wl_link_sweep(NULL, 0, &error));
    g_assert_true(test_has_link("wlt0"));
    test_run("ip link set wlt0 alias wirelink:" UUID);
    g_assert_true(wl_link_sweep(OTHER, 0, &error));
    g_assert_true(test_has_link("wlt0"));
    g_assert_true(wl_link_sweep(UUID, 0, &error));
    g_assert_no_error(error);
    /* It has ended by then: not only is its link gone. */
    g_assert_cmpint(waitpid(pid, &status, WNOHANG), ==, pid);
    assert_nothing_left("wlt0");
}

/* Its owner was killed between making the link and marking it. */
static void
test_sweep_half_made(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *add = NULL, *rename = NULL;
    g_autoptr(WlLink) link = NULL;
    char name[IF_NAMESIZE];

    wl_link_unmarked_name(UUID, name);
    add = g_strdup_printf("ip link add %s type wireguard", name);
    rename = g_strdup_printf("ip link set wlt9 name %s", name);
    /* The name alone is nothing. */
    test_run("ip link add wlt9 type veth peer name wlt8");
    test_run(rename);
    g_assert_true(wl_link_sweep(NULL, 0, &error));
    g_assert_true(test_has_link(name));
    test_run("ip link del wlt8");

    test_run(add);
    g_assert_true(wl_link_sweep(OTHER, 0, &error));
    g_assert_no_error(error);
    g_assert_true(test_has_link(name));
    link = open_any("wlt0", UUID, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(wl_link_get_backend(link), ==, "kernel");
    g_assert_false(test_has_link(name));
    g_assert_true(test_has_link("wlt0"));
    g_clear_object(&link);
    assert_nothing_left("wlt0");
}

static void
make_socket(const char *name)
{
    g_autofree char *path = wl_uapi_socket_path(name);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    g_mkdir_with_parents(WL_UAPI_DIRECTORY, 0755);
    g_assert_no_errno(bind(fd, (struct sockaddr *) &address, sizeof address));
    close(fd);
}

static gboolean
has_socket(const char *name)
{
    g_autofree char *path = wl_uapi_socket_path(name);

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static char *
sweep_dead(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) removed = wl_link_sweep_dead(&error);

    g_assert_no_error(error);
    g_ptr_array_add(removed, NULL);
    return g_strjoinv("; ", (char **) removed->pdata);
}

/* What is served stays, of ours, and what is not ours. */
static void
test_sweep_dead(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *first = NULL, *second = NULL, *third = NULL;
    int claim, again;

    test_run("ip link add wlt0 type veth peer name wlt1");
    test_run("ip link add wlt2 type veth peer name nmwl-00000000");
    test_run("ip link set wlt0 alias wirelink:" UUID);
    test_run("ip link set wlt2 alias wirelink:" OTHER);
    make_socket("nmwl-00000000"); /* its link is there */
    make_socket("nmwl-11111111");
    make_socket("wlt9"); /* who knows whose */
    claim = wl_claim_new(OTHER, &error);
    g_assert_no_error(error);
    /* as with a predecessor that is still ending: one is enough */
    again = wl_claim_new(OTHER, &error);
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
    g_assert_cmpint(again, ==, -1);
    first = sweep_dead();
    g_assert_cmpstr(first, ==, "interface wlt0; socket /var/run/wireguard/nmwl-11111111.sock");
    g_assert_true(test_has_link("wlt2"));
    g_assert_true(test_has_link("nmwl-00000000"));
    g_assert_true(has_socket("nmwl-00000000") && has_socket("wlt9"));
    second = sweep_dead();
    g_assert_cmpstr(second, ==, "");
    close(claim);
    third = sweep_dead();
    g_assert_cmpstr(third, ==, "interface wlt2; socket /var/run/wireguard/nmwl-00000000.sock");
    g_assert_true(has_socket("wlt9"));
    wl_uapi_remove_stale_socket("wlt9");
}

static void
test_foreign(void)
{
    g_autoptr(GError) error = NULL;
    int claim;

    test_run("ip link add wlt0 type veth peer name wlt1");
    g_assert_null(open_any("wlt0", UUID, &error));
    g_assert_error(error, WL_LINK_ERROR, WL_LINK_ERROR_EXISTS);
    g_assert_cmpstr(error->message, ==,
                    "interface \"wlt0\" exists and is not ours (no alias); choose another "
                    "interface-name");
    g_clear_error(&error);
    test_run("ip link set wlt0 alias wirelink:" OTHER);
    claim = wl_claim_new(OTHER, &error);
    g_assert_null(open_any("wlt0", UUID, &error));
    close(claim);
    g_assert_error(error, WL_LINK_ERROR, WL_LINK_ERROR_EXISTS);
    g_assert_nonnull(strstr(error->message, "wirelink:" OTHER));
    g_clear_error(&error);
    test_run("ip link set wlt0 alias xwirelink:" UUID);
    g_assert_true(wl_link_sweep(NULL, 0, &error));
    g_assert_true(test_has_link("wlt0"));
    test_run("ip link set wlt0 alias wirelink:" UUID "0");
    g_assert_true(wl_link_sweep(UUID, 0, &error));
    g_assert_true(test_has_link("wlt0"));
    g_assert_true(wl_link_sweep(NULL, 0, &error));
    g_assert_false(test_has_link("wlt0"));
    g_assert_no_error(error);
}

static gboolean
kernel_has_wireguard(void)
{
    WlKey key = test_key(1);
    WlLinkConfig config = make_config("wlprobe", UUID, &key, 0);
    g_autoptr(GError) error = NULL;
    g_autoptr(WlLink) link = wl_link_kernel_new(&config, &error);

    if (!link)
        g_assert_error(error, WL_LINK_ERROR, WL_LINK_ERROR_NO_WIREGUARD);
    return link != NULL;
}

/* The kernel's if it has one; a leftover of the same profile goes first, also of another name. */
static void
test_choice(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(WlLink) first = open_any("wlt0", UUID, &error);
    g_autoptr(WlLink) same = NULL;
    g_autoptr(WlLink) other = NULL;

    g_assert_no_error(error);
    g_assert_cmpstr(wl_link_get_backend(first), ==,
                    kernel_has_wireguard() ? "kernel" : "userspace");
    same = open_any("wlt0", UUID, &error);
    g_assert_no_error(error);
    g_assert_cmpint(wl_link_get_ifindex(same), !=, wl_link_get_ifindex(first));
    other = open_any("wlt1", UUID, &error);
    g_assert_no_error(error);
    g_assert_false(test_has_link("wlt0"));
    wl_link_destroy(first);
    wl_link_destroy(same);
    g_assert_true(test_has_link("wlt1"));
    wl_link_destroy(other);
    assert_nothing_left("wlt1");
}

static void
test_bad_config(void)
{
    static const char *const names[] = {"", "sixteen-letters-", "a b", "a/b", "-f", "..", "a:1"};
    WlKey key = test_key(1);
    WlLinkConfig config = make_config("wlt0", UUID, &key, 0);
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_assert_null(open_any(names[i], UUID, &error));
        g_assert_error(error, WL_LINK_ERROR, WL_LINK_ERROR_FAILED);
        g_assert_nonnull(strstr(error->message, names[i]));
        g_clear_error(&error);
    }
    config.mtu = 1279;
    g_assert_false(wl_link_config_check(&config, &error));
    g_assert_nonnull(strstr(error->message, "1279"));
    g_clear_error(&error);
    config.mtu = 1280;
    config.uuid = "";
    g_assert_false(wl_link_config_check(&config, &error));
    g_assert_error(error, WL_LINK_ERROR, WL_LINK_ERROR_FAILED);
}

static void
open_with_program(const char *program, GCancellable *cancellable, Opening *opening)
{
    static WlKey key;
    WlLinkConfig config = make_config("wlt0", UUID, &key, 0);

    key = test_key(1);
    memset(opening, 0, sizeof *opening);
    config.wireguard_go = program;
    wl_link_userspace_new_async(&config, cancellable, opened_userspace, opening);
}

static gboolean
script_runs(gpointer user_data)
{
    return g_file_test("/run/script.pid", G_FILE_TEST_EXISTS);
}

static void
test_bad_program(void)
{
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autofree char *text = NULL;
    Opening opening;
    pid_t pid;

    open_with_program("/nowhere/wireguard-go", NULL, &opening);
    test_wait(is_done, &opening);
    g_assert_error(opening.error, WL_LINK_ERROR, WL_LINK_ERROR_NO_WIREGUARD);
    g_assert_nonnull(strstr(opening.error->message, "/nowhere/wireguard-go"));
    g_clear_error(&opening.error);

    /* Ends at once, saying why. The environment is not ours, and no key is in sight. */
    g_assert_true(g_file_set_contents_full(
        "/run/fails",
        "#!/bin/sh\n[ -z \"$WL_TEST_SECRET\" ] || exit 9\necho \"$* is bad\"\nexit 3\n", -1,
        G_FILE_SET_CONTENTS_NONE, 0755, NULL));
    open_with_program("/run/fails", NULL, &opening);
    test_wait(is_done, &opening);
    g_assert_error(opening.error, WL_LINK_ERROR, WL_LINK_ERROR_FAILED);
    g_assert_cmpstr(opening.error->message, ==,
                    "\"/run/fails\" for interface \"wlt0\" ended with status 3: -f wlt0 is bad");
    g_clear_error(&opening.error);

    /* Never listens: given up when told to, and ended though it ignores SIGTERM. */
    g_assert_true(g_file_set_contents_full(
        "/run/hangs",
        "#!/bin/sh\ntrap '' TERM\necho $$ > /run/script.tmp\nmv /run/script.tmp /run/script.pid\n"
        "exec sleep 60\n",
        -1, G_FILE_SET_CONTENTS_NONE, 0755, NULL));
    open_with_program("/run/hangs", cancellable, &opening);
    test_wait(script_runs, NULL);
    g_assert_true(g_file_get_contents("/run/script.pid", &text, NULL, NULL));
    pid = (pid_t) g_ascii_strtoll(text, NULL, 10);
    g_assert_true(is_running(pid));
    g_cancellable_cancel(cancellable);
    /* At once: a service that is told to end does not turn its main loop again. */
    g_assert_false(is_running(pid));
    test_wait(is_done, &opening);
    g_assert_error(opening.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_clear_error(&opening.error);
    assert_nothing_left("wlt0");

    /* Told to before it began. */
    open_with_program("/run/hangs", cancellable, &opening);
    test_wait(is_done, &opening);
    g_assert_error(opening.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_clear_error(&opening.error);
    assert_nothing_left("wlt0");
}

/* A control socket that somebody serves is left alone; one that nobody serves is in nobody's way.
 */
static void
test_foreign_socket(void)
{
    g_autofree char *path = wl_uapi_socket_path("wlt0");
    g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);
    g_autoptr(GSocket) socket =
        g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
    WlKey key = test_key(1);
    WlLink *link;
    Opening opening;

    g_mkdir_with_parents(WL_UAPI_DIRECTORY, 0755);
    g_assert_true(g_socket_bind(socket, address, TRUE, NULL));
    g_assert_true(g_socket_listen(socket, NULL));
    open_with_program("wireguard-go", NULL, &opening);
    test_wait(is_done, &opening);
    g_assert_error(opening.error, WL_LINK_ERROR, WL_LINK_ERROR_EXISTS);
    g_clear_error(&opening.error);
    g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
    g_assert_true(g_socket_close(socket, NULL));
    link = open_link(USERSPACE, "wlt0", UUID, &key, 0);
    g_object_unref(link);
    assert_nothing_left("wlt0");
}

/* What test_killed_owner() starts. */
static void G_GNUC_NORETURN
hold(const char *backend)
{
    WlKey key = test_key(1);
    WlLink *link =
        open_link(g_str_equal(backend, "kernel") ? KERNEL : USERSPACE, "wlt0", UUID, &key, 0);

    g_assert_nonnull(link);
    printf("ready\n");
    fflush(stdout);
    /* Not for ever, should the test itself be killed. */
    alarm(60);
    for (;;)
        g_main_context_iteration(NULL, TRUE);
}

static void
add(const char *backend, const char *name, gpointer data, GTestDataFunc func)
{
    g_autofree char *path = g_strdup_printf("/link/%s/%s", backend, name);

    g_test_add_data_func(path, data, func);
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
    add(name, "killed-owner", backend, test_killed_owner);
}

/* What a peer sends from an address that is not among its allowed IPs is dropped and counted, once
 * each. Only the kernel counts them. */
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
    /* what is allowed is not counted */
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

int
main(int argc, char **argv)
{
    gboolean kernel;

    if (argc == 3 && g_str_equal(argv[1], "--hold"))
        hold(argv[2]);
    /* Must not reach the programs that are started. */
    g_setenv("WL_TEST_SECRET", "1", TRUE);
    g_test_init(&argc, &argv, NULL);
    test_enter_namespaces();
    kernel = kernel_has_wireguard();
    if (g_getenv("WIRELINK_TEST_KERNEL") && !kernel)
        g_error("WIRELINK_TEST_KERNEL is set, but this kernel has no WireGuard");
    if (kernel) {
        add_all("kernel", KERNEL);
        g_test_add_func("/link/kernel/half-made", test_sweep_half_made);
        g_test_add_func("/link/kernel/dropped", test_kernel_dropped);
    }
    add_all("userspace", USERSPACE);
    g_test_add_func("/link/userspace/killed", test_program_killed);
    g_test_add_func("/link/userspace/sweep", test_sweep_program);
    g_test_add_func("/link/userspace/bad-program", test_bad_program);
    g_test_add_func("/link/userspace/foreign-socket", test_foreign_socket);
    g_test_add_func("/link/open/foreign", test_foreign);
    g_test_add_func("/link/sweep/dead", test_sweep_dead);
    g_test_add_func("/link/open/choice", test_choice);
    g_test_add_func("/link/open/bad-config", test_bad_config);
    return g_test_run();
}
