/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "scenario/run.h"

/* Each declaration reads its line; FALSE with *error. */
gboolean declare_network(Run *run, ScenarioLine *line, GError **error);
gboolean declare_nat(Run *run, ScenarioLine *line, GError **error);
gboolean declare_dns(Run *run, ScenarioLine *line, GError **error);
gboolean declare_host(Run *run, ScenarioLine *line, GError **error);
gboolean declare_profile(Run *run, ScenarioLine *line, GError **error);
gboolean declare_star(Run *run, ScenarioLine *line, GError **error);

/** A name that no host, network or NAT has yet; NULL with *error. */
const char *declare_take_new_name(Run *run, ScenarioLine *line, GError **error);
/** One or more addresses for an interface. */
gboolean declare_take_addresses(ScenarioLine *line, SimPort *port, GError **error);
/** One or more prefixes, appended to @list. */
gboolean declare_take_prefixes(ScenarioLine *line, GArray *list, GError **error);
