/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-subject.h"

#include "wl-ctl-bus.h"
#include "wl-ctl-error.h"

void
wl_ctl_subject_clear(WlCtlSubject *self)
{
    g_clear_pointer(&self->profiles, wl_ctl_profiles_free);
    g_clear_object(&self->bus);
}

static gboolean
load(WlCtlSubject *self, const char *profile, GError **error)
{
    self->bus = wl_ctl_bus_get(error);
    if (self->bus)
        self->profiles = wl_ctl_profiles_load(self->bus, profile, NULL, error);
    return self->profiles != NULL;
}

WlExit
wl_ctl_subject_load(WlCtlSubject *self, const char *profile, gboolean json)
{
    g_autoptr(GError) error = NULL;

    return load(self, profile, &error) ? WL_EXIT_OK : wl_ctl_fail(json, error);
}

WlExit
wl_ctl_subject_load_peer(WlCtlSubject *self, const char *profile, const char *peer, WlPick manner,
                         gboolean json)
{
    g_autoptr(GError) error = NULL;

    if (load(self, profile, &error))
        self->peer = wl_ctl_pick_peer(self->profiles, peer, manner, &self->profile, &error);
    return self->peer ? WL_EXIT_OK : wl_ctl_fail(json, error);
}
