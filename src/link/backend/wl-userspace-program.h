/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>
#include <sys/types.h>

/**
 * The process of a userspace WireGuard, with the command line of wireguard-go. It never outlives
 * this process. Its output goes to the log at level info.
 */
typedef struct _WlUserspaceProgram WlUserspaceProgram;

/** Called once, from the main loop, when the program ends by itself; may free @self's owner.
 * @clean: it exited with status 0. @how: "exited with status 1: <last line of its output>". */
typedef void (*WlUserspaceProgramFunc)(gboolean clean, const char *how, gpointer user_data);

/** Starts @path for interface @ifname. */
WlUserspaceProgram *wl_userspace_program_new(const char *path, const char *ifname,
                                             WlUserspaceProgramFunc exited, gpointer user_data,
                                             GError **error);
/** Ends a program that hangs, at once. @exited is not called. */
void wl_userspace_program_kill(WlUserspaceProgram *self);
/** Terminates the program if it runs: SIGTERM, then SIGKILL after 2 s. */
void wl_userspace_program_free(WlUserspaceProgram *self);

/** 0 once it ended; also for @self NULL. */
pid_t wl_userspace_program_get_pid(const WlUserspaceProgram *self);
