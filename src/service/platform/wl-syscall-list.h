/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/*
 * Which system calls the running service makes. Names that a kernel, an architecture or libseccomp
 * does not know are passed over, so that one list serves all of them.
 */

/** Allowed with any arguments. */
extern const char *const wl_syscalls_allowed[];
/** Refused with EPERM, which says to a reader of a log what it was; all others with ENOSYS, as on
 * a kernel that lacks them, so that libraries fall back to an older call. */
extern const char *const wl_syscalls_denied[];
/** Refused with ENOSYS and not logged: they are tried each time, and do without. */
extern const char *const wl_syscalls_silent[];
