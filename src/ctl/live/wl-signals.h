/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/** A signal of a service, or of the bus about a service. */
typedef struct {
    char *sender; /* unique name; the caller checks that it is a service */
    char *path, *member;
    GVariant *parameters;
    guint64 place; /* among all messages from the bus */
} WlSignal;

void wl_signal_free(WlSignal *signal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlSignal, wl_signal_free)

/** Collects the signals about profiles, peers and services. */
typedef struct WlSignals WlSignals;

WlSignals *wl_signals_new(GDBusConnection *bus);
void wl_signals_free(WlSignals *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlSignals, wl_signals_free)
/** Takes the oldest signal, or NULL. A new one wakes the main context. */
WlSignal *wl_signals_take(WlSignals *self);
/** The place of the last reply of @service to GetManagedObjects; 0: none. */
guint64 wl_signals_get_read(WlSignals *self, const char *service);
