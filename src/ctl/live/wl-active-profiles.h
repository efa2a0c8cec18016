/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-active-profile.h"
#include "wl-exit.h"

typedef struct {
    GPtrArray *profiles; /* of WlActiveProfile, sorted by name */
    GPtrArray *problems; /* of GError: services that do not answer or have another version */
    guint denied;        /* profiles that the caller may not read */
} WlActiveProfiles;

/**
 * The active profile with @name as its name, UUID or interface; NULL: all active profiles. All
 * services are called at once. NULL with *error of WL_CTL_ERROR if there is none to show; a service
 * that fails beside others is a problem of the result. @cancellable may be NULL.
 */
WlActiveProfiles *wl_active_profiles_load(GDBusConnection *bus, const char *name,
                                          GCancellable *cancellable, GError **error);
/** The same, and waits up to 3.5 s until each peer with a session was heard, or is known not to
 * answer: reading makes its service probe it. */
WlActiveProfiles *wl_active_profiles_load_settled(GDBusConnection *bus, const char *name,
                                                  GError **error);
void wl_active_profiles_free(WlActiveProfiles *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlActiveProfiles, wl_active_profiles_free)

/** Prints the problems, unless @json, and returns the exit status of the first. */
WlExit wl_active_profiles_finish(const WlActiveProfiles *self, gboolean json);
/** The only profile; NULL with *error, which names all, if there are several. */
const WlActiveProfile *wl_active_profiles_get_only(const WlActiveProfiles *self, GError **error);
/** The profile of a service, or NULL. */
const WlActiveProfile *wl_active_profiles_find(const WlActiveProfiles *self, const char *service);
