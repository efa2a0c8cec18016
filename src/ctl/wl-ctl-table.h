/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-ctl-profiles.h"
#include "wl-ctl-terminal.h"

/**
 * Appends a profile for people. @before, an earlier read of the same profile or NULL: with it, what
 * is received and sent is shown as a rate, else in all. @now in unix seconds.
 */
void wl_ctl_table_append(const WlCtlProfile *profile, const WlCtlProfile *before, gint64 now,
                         const WlPage *page, GString *out);

/** "1.5 KiB/s": how @property of the peer grew since @before; NULL if it cannot be told. */
char *wl_ctl_format_rate(const WlCtlProfile *profile, const WlCtlProfile *before,
                         const WlCtlPeer *peer, const char *property);
