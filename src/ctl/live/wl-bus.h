/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#define WL_BUS_NAME           "org.freedesktop.NetworkManager.wirelink"
#define WL_BUS_ROOT_PATH      "/org/freedesktop/NetworkManager/wirelink"
#define WL_BUS_LINK_PATH      WL_BUS_ROOT_PATH "/link"
#define WL_BUS_LINK_INTERFACE "org.freedesktop.NetworkManager.wirelink1.Link"
#define WL_BUS_PEER_INTERFACE "org.freedesktop.NetworkManager.wirelink1.Peer"

#define WL_CALL_TIMEOUT             5000   /* ms, for each call */
#define WL_CALL_INTERACTIVE_TIMEOUT 120000 /* ms, if a user may be asked for a password */

/** A D-Bus call, one of several that run at the same time. */
typedef struct {
    char *destination;
    const char *path, *interface, *method;
    GVariant *parameters; /* owned, or NULL */
    const GVariantType *reply_type;
    GDBusCallFlags flags;
    GVariant *reply; /* after wl_call_all(): either this */
    GError *error;   /* or this is set */
    gint64 answered; /* µs of the monotonic clock */
} WlCall;

void wl_call_free(WlCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlCall, wl_call_free)

/** @parameters may be NULL or floating; the strings but @destination are static. */
WlCall *wl_call_new(const char *destination, const char *path, const char *interface,
                    const char *method, GVariant *parameters, const char *reply_type);

/** The system bus; NULL with *error of WL_CTL_ERROR. */
GDBusConnection *wl_bus_get(GError **error);
/**
 * Makes all @calls (of WlCall) at once and waits for each reply or error, at most the time limit of
 * one call. The default main context runs meanwhile. @cancellable may be NULL.
 */
void wl_call_all(GDBusConnection *bus, const GPtrArray *calls, GCancellable *cancellable);
/** Makes one call; NULL with the unchanged *error of GIO. */
GVariant *wl_call_one(GDBusConnection *bus, WlCall *call, GError **error);
/** Waits @ms milliseconds; the default main context runs meanwhile. */
void wl_bus_wait(guint ms);
