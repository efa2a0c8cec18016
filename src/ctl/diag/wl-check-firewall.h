/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-doctor.h"

/** Checks whether a firewall may drop incoming packets. */
void wl_check_firewall(WlDoctor *doctor, GDBusConnection *bus);
/** FALSE if no rule translates addresses, -1 if that is not known: only root may read the rules. */
int wl_check_translates(void);
/** Checks whether a firewall drops the packets that a router forwards; needs root. */
void wl_check_forwarding(WlDoctor *doctor, const char *label, const char *interface);
