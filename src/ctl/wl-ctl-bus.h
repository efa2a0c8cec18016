/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#define WL_CTL_BASE_NAME      "org.freedesktop.NetworkManager.wirelink"
#define WL_CTL_ROOT_PATH      "/org/freedesktop/NetworkManager/wirelink"
#define WL_CTL_LINK_PATH      WL_CTL_ROOT_PATH "/link"
#define WL_CTL_LINK_INTERFACE "org.freedesktop.NetworkManager.wirelink1.Link"
#define WL_CTL_PEER_INTERFACE "org.freedesktop.NetworkManager.wirelink1.Peer"

#define WL_CTL_TIMEOUT             5000   /* ms, for each call */
#define WL_CTL_INTERACTIVE_TIMEOUT 120000 /* ms, where a person may be asked for a password */

/** A D-Bus call of several that run at the same time. */
typedef struct {
    char *destination;
    const char *path, *interface, *method;
    GVariant *parameters; /* owned, or NULL */
    const GVariantType *reply_type;
    GDBusCallFlags flags;
    GVariant *reply; /* after wl_ctl_call_all(): this or */
    GError *error;   /* this is set */
    gint64 answered; /* us of the monotonic clock */
} WlCtlCall;

void wl_ctl_call_free(WlCtlCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlCtlCall, wl_ctl_call_free)

/** @parameters may be NULL or floating; the strings but @destination are static. */
WlCtlCall *wl_ctl_call_new(const char *destination, const char *path, const char *interface,
                           const char *method, GVariant *parameters, const char *reply_type);

/** The system bus; NULL with *error of WL_CTL_ERROR. */
GDBusConnection *wl_ctl_bus_get(GError **error);
/**
 * Makes all calls (of WlCtlCall) at once and waits until each has its reply or error, at most the
 * time limit of one. The default main context turns meanwhile. @cancellable may be NULL.
 */
void wl_ctl_call_all(GDBusConnection *bus, const GPtrArray *calls, GCancellable *cancellable);
/** One call; NULL with the untouched *error of GIO. */
GVariant *wl_ctl_call_one(GDBusConnection *bus, WlCtlCall *call, GError **error);
/** Lets @ms milliseconds pass; the default main context turns meanwhile. */
void wl_ctl_wait(guint ms);
