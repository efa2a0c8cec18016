/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-device.h"

/**
 * A WireGuard link of ours: one interface, three implementations (kernel, userspace, fake).
 *
 * What we create carries our mark: the interface alias is `wirelink:<profile uuid>`. Netlink calls
 * are synchronous: the kernel answers at once; only opening may wait (for wireguard-go to start).
 */
#define WL_TYPE_LINK (wl_link_get_type())
G_DECLARE_DERIVABLE_TYPE(WlLink, wl_link, WL, LINK, GObject)

#define WL_LINK_ERROR (wl_link_error_quark())
typedef enum {
    WL_LINK_ERROR_FAILED,
    WL_LINK_ERROR_EXISTS,       /* a foreign link has the name */
    WL_LINK_ERROR_NO_WIREGUARD, /* neither kernel nor userspace */
    WL_LINK_ERROR_GONE,         /* the link was deleted */
    WL_LINK_ERROR_IN_USE,       /* the listen port is taken */
} WlLinkError;
GQuark wl_link_error_quark(void);

typedef struct {
    const char *name; /* interface, at most 15 bytes */
    const char *uuid; /* of the profile: the mark */
    const WlKey *private_key;
    guint16 listen_port;
    guint32 mtu; /* bytes */
    const char
        *wireguard_go; /* program for the userspace implementation; NULL: "wireguard-go" on PATH */
    guint32 fwmark;    /* of WireGuard's own packets; 0: none */
} WlLinkConfig;

/**
 * Makes the link, without peers, down: the kernel's if it has WireGuard, else userspace. A leftover
 * with our mark and the same uuid is removed first; a foreign link of that name is an error. The
 * mark is set before anything else is.
 */
void wl_link_open_async(const WlLinkConfig *config, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data);
WlLink *wl_link_open_finish(GAsyncResult *result, GError **error);

/**
 * The kernel's link once more, after somebody deleted it, with the index that it had: sockets bound
 * to that go on with it, and so do those who know it by that, NetworkManager among them. Without
 * peers, down.
 */
WlLink *wl_link_reopen(const WlLinkConfig *config, int ifindex, GError **error);

struct _WlLinkClass {
    GObjectClass parent_class;

    const char *backend; /* "kernel", "userspace", "fake" */
    WlDevice *(*read)(WlLink *self, GError **error);
    gboolean (*apply)(WlLink *self, const WlPeerChange *change, GError **error);
    gboolean (*add_address)(WlLink *self, const WlPrefix *address, GError **error);
    gboolean (*set_up)(WlLink *self, GError **error);
    void (*destroy)(WlLink *self);
};

/** The device as it is; a dump that the kernel reports as interrupted is read again. */
WlDevice *wl_link_read(WlLink *self, GError **error);
/** Carries out one change; a list longer than a message is split so that no intermediate state
 * drops what stays. */
gboolean wl_link_apply(WlLink *self, const WlPeerChange *change, GError **error);
/** Adds an address with its prefix length; no error if it is there already. */
gboolean wl_link_add_address(WlLink *self, const WlPrefix *address, GError **error);
/** Sets accept_ra, redirects and address generation off, then the link up. */
gboolean wl_link_set_up(WlLink *self, GError **error);
/** Deletes the link and ends what we started for it; idempotent, also done by dispose. */
void wl_link_destroy(WlLink *self);

/** As the profile calls it, also when it is gone; lasts as long as @self. */
const char *wl_link_get_name(WlLink *self);
/** The last one that it had. */
int wl_link_get_ifindex(WlLink *self);
/** "kernel", "userspace" or "fake". */
const char *wl_link_get_backend(WlLink *self);
/* Signal "failed"(const char *reason): the link is gone for good (deleted by somebody, wireguard-go
 * ended). */

/**
 * Removes links with the mark of @uuid (NULL: of any profile) and their runtime files, and the
 * rules and routes of its full tunnel. Nothing else is touched. @keep: an interface index that
 * stays, or 0.
 */
gboolean wl_link_sweep(const char *uuid, int keep, GError **error);
/**
 * The same for all profiles that no process serves (see wl_claim_new()). What was removed, as words
 * for people, of char *; NULL with *error.
 */
GPtrArray *wl_link_sweep_dead(GError **error);

/* The fake, for tests: no privilege, everything in memory. */
WlLink *wl_link_fake_new(const WlLinkConfig *config);
/** What the fake should answer for a peer (endpoint, handshake, counters); copied. */
void wl_link_fake_set_peer(WlLink *self, const WlDevicePeer *peer);
