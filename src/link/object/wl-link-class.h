/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-link-config.h"
#include "wl-link.h"
#include "wl-netlink.h"

/**
 * What a backend of WlLink implements and what the base class offers it. Only backends and tests
 * include this header.
 */
struct _WlLinkClass {
    GObjectClass parent_class;

    const char *backend; /* "kernel", "userspace", "fake" */
    WlDevice *(*read)(WlLink *self, GError **error);
    gboolean (*apply)(WlLink *self, const WlPeerChange *change, GError **error);
    gboolean (*set_mark)(WlLink *self, guint32 mark, GError **error);
    /* The base class implements the rest with rtnetlink and sysctl. */
    gboolean (*add_address)(WlLink *self, const WlPrefix *address, GError **error);
    gboolean (*set_up)(WlLink *self, GError **error);
    void (*destroy)(WlLink *self);
};

/**
 * Makes @self the owner of an existing interface, sets its alias, and watches it: a deletion by
 * another program emits "failed". From here on wl_link_destroy() deletes the interface. @route: an
 * rtnetlink socket, owned by @self from here on, also on failure.
 */
gboolean wl_link_adopt(WlLink *self, WlNetlink *route, const WlLinkConfig *config, int ifindex,
                       GError **error);
/** Sets name and index only: for the fake, and for an interface that does not exist yet. */
void wl_link_set_identity(WlLink *self, const char *name, int ifindex);
/** Emits "failed" with a sentence, once, and not after wl_link_destroy(). */
void wl_link_fail(WlLink *self, const char *format, ...) G_GNUC_PRINTF(2, 3);
/** Emits "device"; not after wl_link_destroy(). @device: NULL if there is an @error. */
void wl_link_report_device(WlLink *self, const WlDevice *device, const GError *error);
/** Emits "refused"; not after wl_link_destroy(). */
void wl_link_report_refused(WlLink *self, const WlKey *peer, const GError *error);
/** The rtnetlink socket of wl_link_adopt(); NULL before that. */
WlNetlink *wl_link_get_route(WlLink *self);

/** Sets WL_LINK_ERROR_IN_USE: UDP port @port of interface @name. */
void wl_link_set_port_in_use(GError **error, const char *name, guint16 port);
/** Sets WL_LINK_ERROR_EXISTS: interface @name is not ours. @alias: empty or NULL if none. */
void wl_link_set_exists(GError **error, const char *name, const char *alias);
