/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fake backend, for tests: holds in memory what WireGuard would hold, and sends no packets.
 */
#include "wl-link-fake.h"

#include "wl-link-class.h"

#define WL_TYPE_LINK_FAKE (wl_link_fake_get_type())
G_DECLARE_FINAL_TYPE(WlLinkFake, wl_link_fake, WL, LINK_FAKE, WlLink)

/* Larger than any index of the kernel, so that it never denotes a real interface. */
#define FAKE_IFINDEX 0x7ffffff0

struct _WlLinkFake {
    WlLink parent;
    WlDevice *device;
};

G_DEFINE_FINAL_TYPE(WlLinkFake, wl_link_fake, WL_TYPE_LINK)

static WlDevicePeer *
copy_peer(const WlDevicePeer *peer)
{
    WlDevicePeer *copy = wl_device_peer_new(&peer->public_key);

    copy->endpoint = peer->endpoint;
    copy->handshake_age = peer->handshake_age;
    copy->rx_bytes = peer->rx_bytes;
    copy->tx_bytes = peer->tx_bytes;
    copy->keepalive = peer->keepalive;
    if (peer->allowed_ips)
        g_array_append_vals(copy->allowed_ips, peer->allowed_ips->data, peer->allowed_ips->len);
    return copy;
}

/* An allowed IP has one owner: the peer it was set for last. */
static void
remove_allowed_ip(WlDevice *device, const WlPrefix *prefix)
{
    for (guint i = 0; i < device->peers->len; i++) {
        WlDevicePeer *peer = g_ptr_array_index(device->peers, i);

        for (guint j = peer->allowed_ips->len; j-- > 0;) {
            if (wl_prefix_equal(&g_array_index(peer->allowed_ips, WlPrefix, j), prefix))
                g_array_remove_index(peer->allowed_ips, j);
        }
    }
}

static void
set_allowed_ips(WlDevice *device, WlDevicePeer *peer, const GArray *list)
{
    g_array_set_size(peer->allowed_ips, 0);
    for (guint i = 0; list && i < list->len; i++) {
        WlPrefix prefix = wl_prefix_masked(&g_array_index(list, WlPrefix, i));

        remove_allowed_ip(device, &prefix);
        g_array_append_val(peer->allowed_ips, prefix);
    }
}

static WlDevice *
wl_link_fake_read(WlLink *link, GError **error)
{
    const WlDevice *device = WL_LINK_FAKE(link)->device;
    WlDevice *copy = wl_device_new();

    copy->public_key = device->public_key;
    copy->listen_port = device->listen_port;
    for (guint i = 0; i < device->peers->len; i++)
        g_ptr_array_add(copy->peers, copy_peer(g_ptr_array_index(device->peers, i)));
    return copy;
}

static gboolean
wl_link_fake_apply(WlLink *link, const WlPeerChange *change, GError **error)
{
    WlDevice *device = WL_LINK_FAKE(link)->device;
    WlDevicePeer *peer = wl_device_find(device, &change->public_key);
    gboolean full = change->kind == WL_PEER_ADD || change->kind == WL_PEER_RECREATE;

    if (peer && (change->kind == WL_PEER_REMOVE || change->kind == WL_PEER_RECREATE)) {
        g_ptr_array_remove(device->peers, peer);
        peer = NULL;
    }
    /* WireGuard ignores the removal or update of an unknown peer, and a peer with its own key. */
    if (change->kind == WL_PEER_REMOVE || (change->kind == WL_PEER_UPDATE && !peer) ||
        wl_key_equal(&change->public_key, &device->public_key))
        return TRUE;
    if (!peer) {
        peer = wl_device_peer_new(&change->public_key);
        peer->handshake_age = -1;
        g_ptr_array_add(device->peers, peer);
    }
    if (wl_endpoint_is_set(&change->endpoint))
        peer->endpoint = change->endpoint;
    if (full || change->replace_settings)
        peer->keepalive = change->keepalive;
    if (full || change->replace_allowed_ips)
        set_allowed_ips(device, peer, change->allowed_ips);
    return TRUE;
}

static gboolean
wl_link_fake_set_mark(WlLink *link, guint32 mark, GError **error)
{
    return TRUE;
}

static gboolean
wl_link_fake_add_address(WlLink *link, const WlPrefix *address, GError **error)
{
    return TRUE;
}

static gboolean
wl_link_fake_set_up(WlLink *link, GError **error)
{
    return TRUE;
}

static void
wl_link_fake_destroy(WlLink *link)
{
}

static void
wl_link_fake_finalize(GObject *object)
{
    wl_device_free(WL_LINK_FAKE(object)->device);
    G_OBJECT_CLASS(wl_link_fake_parent_class)->finalize(object);
}

static void
wl_link_fake_class_init(WlLinkFakeClass *klass)
{
    WlLinkClass *link_class = WL_LINK_CLASS(klass);

    G_OBJECT_CLASS(klass)->finalize = wl_link_fake_finalize;
    link_class->backend = "fake";
    link_class->read = wl_link_fake_read;
    link_class->apply = wl_link_fake_apply;
    link_class->set_mark = wl_link_fake_set_mark;
    link_class->add_address = wl_link_fake_add_address;
    link_class->set_up = wl_link_fake_set_up;
    link_class->destroy = wl_link_fake_destroy;
}

static void
wl_link_fake_init(WlLinkFake *self)
{
    self->device = wl_device_new();
}

WlLink *
wl_link_fake_new(const WlLinkConfig *config)
{
    WlLinkFake *self = g_object_new(WL_TYPE_LINK_FAKE, NULL);

    wl_link_set_identity(WL_LINK(self), config->name, FAKE_IFINDEX);
    self->device->listen_port = config->listen_port;
    if (config->private_key)
        wl_key_derive_public(config->private_key, &self->device->public_key);
    return WL_LINK(self);
}

void
wl_link_fake_set_peer(WlLink *link, const WlDevicePeer *peer)
{
    WlDevice *device = WL_LINK_FAKE(link)->device;
    WlDevicePeer *known = wl_device_find(device, &peer->public_key);

    /* wl_link_apply() sets allowed IPs and keepalive of a known peer. */
    if (known) {
        known->endpoint = peer->endpoint;
        known->handshake_age = peer->handshake_age;
        known->rx_bytes = peer->rx_bytes;
        known->tx_bytes = peer->tx_bytes;
    } else {
        g_ptr_array_add(device->peers, copy_peer(peer));
    }
}
