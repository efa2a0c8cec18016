/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/**
 * The two steps in which a front end contains its process (docs/hardening.md "Containment"). What
 * the kernel or a security policy refuses is a limitation.
 */

/** At the start, before the process has a second thread: capabilities, core files, and where files
 * may be written. wireguard-go, which is started later, inherits this. */
void wl_containment_begin(void);
/** When the link is up, and before the main loop reads what members send: system calls. Programs
 * cannot be started after that. */
void wl_containment_complete(void);
