/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fake backend behaves as WireGuard does. Needs no privileges. */
#include <string.h>

#include "link-test-util.h"

static WlLink *
open_fake(void)
{
    static WlKey key;
    WlLinkConfig config = {"nmwl-fake", "u-u-i-d", &key, 51820, 1420, NULL};

    key = test_key(1);
    return wl_link_fake_new(&config);
}

static void
apply(WlLink *link, WlPeerChange *change)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(wl_link_apply(link, change, &error));
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
test_config(void)
{
    g_autoptr(WlLink) link = open_fake();
    g_autoptr(WlDevice) device = read_device(link);
    WlKey private_key = test_key(1), public_key;

    wl_key_derive_public(&private_key, &public_key);
    g_assert_cmpstr(wl_link_get_name(link), ==, "nmwl-fake");
    g_assert_cmpstr(wl_link_get_backend(link), ==, "fake");
    g_assert_cmpint(wl_link_get_ifindex(link), >, 0);
    g_assert_true(wl_key_equal(&device->public_key, &public_key));
    g_assert_cmpuint(device->listen_port, ==, 51820);
    g_assert_cmpuint(device->peers->len, ==, 0);
}

static void
test_peers(void)
{
    g_autoptr(WlLink) link = open_fake();
    WlKey a = test_key(2), b = test_key(3);
    WlDevice *device;
    WlDevicePeer *peer;

    apply(link, test_change(WL_PEER_UPDATE, &a, "192.0.2.1:1", "10.0.0.1/32"));
    apply(link, test_change(WL_PEER_ADD, &a, "192.0.2.1:1", "10.0.0.1/32 10.0.0.2/32"));
    apply(link, test_change(WL_PEER_ADD, &b, NULL, "10.0.0.2/32"));
    device = read_device(link);
    g_assert_cmpuint(device->peers->len, ==, 2);
    /* An allowed IP belongs to the peer it was set for last. */
    g_assert_cmpuint(wl_device_find(device, &a)->allowed_ips->len, ==, 1);
    g_assert_cmpuint(wl_device_find(device, &b)->allowed_ips->len, ==, 1);

    peer = wl_device_find(device, &a);
    peer->handshake_age = 5;
    peer->rx_bytes = 6;
    wl_link_fake_set_peer(link, peer);
    wl_device_free(device);
    apply(link, test_change(WL_PEER_UPDATE, &a, "192.0.2.2:2", NULL));
    device = read_device(link);
    peer = wl_device_find(device, &a);
    g_assert_cmpint(peer->handshake_age, ==, 5);
    g_assert_cmpuint(peer->rx_bytes, ==, 6);
    g_assert_cmpuint(peer->endpoint.port, ==, 2);
    g_assert_cmpuint(peer->allowed_ips->len, ==, 1);
    wl_device_free(device);

    apply(link, test_change(WL_PEER_RECREATE, &a, NULL, "10.0.0.9/32"));
    apply(link, test_change(WL_PEER_REMOVE, &b, NULL, NULL));
    device = read_device(link);
    g_assert_cmpuint(device->peers->len, ==, 1);
    peer = wl_device_find(device, &a);
    g_assert_cmpint(peer->handshake_age, ==, -1);
    g_assert_cmpuint(peer->rx_bytes, ==, 0);
    g_assert_false(wl_endpoint_is_set(&peer->endpoint));
    wl_device_free(device);
}

static void
test_destroyed(void)
{
    g_autoptr(WlLink) link = open_fake();
    g_autoptr(GError) error = NULL;

    wl_link_destroy(link);
    wl_link_destroy(link);
    g_assert_null(wl_link_read(link, &error));
    g_assert_error(error, WL_LINK_ERROR, WL_LINK_ERROR_GONE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/link/fake/config", test_config);
    g_test_add_func("/link/fake/peers", test_peers);
    g_test_add_func("/link/fake/destroyed", test_destroyed);
    return g_test_run();
}
