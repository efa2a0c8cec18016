/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "scenario/run.h"

/** Facts that a host advertises, true or not: "FROM TO SUBJECT endpoint E|allowed-ips P|member
 * [NAME] [basic]|alive [count N] [ttl N]", or "FROM TO again" for the last datagram once more. */
typedef struct _Advertisement Advertisement;

Advertisement *advertisement_new(Run *run, ScenarioLine *line, GError **error);
void advertisement_free(Advertisement *self);
/** Signs the facts with the key of FROM and sends them through its device. */
void advertisement_send(Run *run, Advertisement *self);
