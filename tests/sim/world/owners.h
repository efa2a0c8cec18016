/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"

/** Cryptokey routing: which peer owns an address, by the longest prefix. */
typedef struct _SimOwners SimOwners;

SimOwners *sim_owners_new(void);
void sim_owners_free(SimOwners *self);
/** The previous owner of @prefix, which is masked; NULL: none. */
gpointer sim_owners_set(SimOwners *self, const WlPrefix *prefix, gpointer owner);
void sim_owners_remove(SimOwners *self, const WlPrefix *prefix);
gpointer sim_owners_find(const SimOwners *self, const WlIp *ip);
/** The length of the prefix by which sim_owners_find() finds an owner; -1: there is none. */
int sim_owners_find_length(const SimOwners *self, const WlIp *ip);
