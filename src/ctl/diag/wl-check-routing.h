/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-active-profile.h"
#include "wl-doctor.h"
#include "wl-stored-profiles.h"

/**
 * Checks what a machine needs that forwards packets between members and others: forwarding of the
 * link and of the uplink, and translation of addresses, which root can see. @stored may be NULL.
 */
void wl_check_routing(WlDoctor *doctor, const char *label, const WlStoredProfile *stored,
                      const WlActiveProfile *active);
/** Checks whether a full tunnel has a DNS server. */
void wl_check_dns(WlDoctor *doctor, const char *label, const WlStoredProfile *stored);
