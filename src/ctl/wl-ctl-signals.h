/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/** What a service said without being asked, or the bus of a service. */
typedef struct {
    char *sender; /* unique name; what it says is its own word only if it is a service */
    char *path, *member;
    GVariant *parameters;
    guint64 place; /* among all messages from the bus */
} WlCtlSignal;

void wl_ctl_signal_free(WlCtlSignal *signal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlCtlSignal, wl_ctl_signal_free)

/** Collects the signals about profiles and peers, and of services that come and go. */
typedef struct WlCtlSignals WlCtlSignals;

WlCtlSignals *wl_ctl_signals_new(GDBusConnection *bus);
void wl_ctl_signals_free(WlCtlSignals *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlCtlSignals, wl_ctl_signals_free)
/** The oldest one, or NULL. The main context wakes up for a new one. */
WlCtlSignal *wl_ctl_signals_take(WlCtlSignals *self);
/** The place of the last reply to GetManagedObjects from a service, 0: there is none. */
guint64 wl_ctl_signals_get_read(WlCtlSignals *self, const char *service);
