/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Constructors and destructors of the plain data that engine and link exchange. */
#include "wl-device.h"
#include "wl-array.h"

static GArray *
prefix_array_new(void)
{
    return wl_array_new(WlPrefix);
}

WlDevicePeer *
wl_device_peer_new(const WlKey *public_key)
{
    WlDevicePeer *peer = g_new0(WlDevicePeer, 1);

    peer->public_key = *public_key;
    peer->handshake_age = -1;
    peer->allowed_ips = prefix_array_new();
    return peer;
}

void
wl_device_peer_free(WlDevicePeer *peer)
{
    if (!peer)
        return;
    g_clear_pointer(&peer->allowed_ips, g_array_unref);
    g_free(peer);
}

WlDevice *
wl_device_new(void)
{
    WlDevice *device = g_new0(WlDevice, 1);

    device->peers = g_ptr_array_new_with_free_func((GDestroyNotify) wl_device_peer_free);
    return device;
}

void
wl_device_free(WlDevice *device)
{
    if (!device)
        return;
    g_ptr_array_unref(device->peers);
    g_free(device);
}

WlDevicePeer *
wl_device_find(const WlDevice *device, const WlKey *public_key)
{
    for (guint i = 0; i < device->peers->len; i++) {
        WlDevicePeer *peer = g_ptr_array_index(device->peers, i);

        if (wl_key_equal(&peer->public_key, public_key))
            return peer;
    }
    return NULL;
}

WlPeerChange *
wl_peer_change_new(WlPeerChangeKind kind, const WlKey *public_key)
{
    WlPeerChange *change = g_new0(WlPeerChange, 1);

    change->kind = kind;
    change->public_key = *public_key;
    change->allowed_ips = prefix_array_new();
    return change;
}

void
wl_peer_change_free(WlPeerChange *change)
{
    if (!change)
        return;
    g_clear_pointer(&change->allowed_ips, g_array_unref);
    wl_key_wipe(&change->preshared_key);
    g_free(change);
}
