/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values of a dictionary of D-Bus properties (a{sv}) by name. A missing value, or one of another
 * type, reads as "", 0, FALSE or NULL. Strings belong to the dictionary unless noted.
 */
#include "wl-property.h"

const char *
wl_property_string(GVariant *properties, const char *name)
{
    const char *value = "";

    if (!g_variant_lookup(properties, name, "&s", &value))
        g_variant_lookup(properties, name, "&o", &value);
    return value;
}

guint64
wl_property_uint(GVariant *properties, const char *name)
{
    guint64 value = 0;
    guint32 value32;
    guint16 value16;

    if (g_variant_lookup(properties, name, "u", &value32))
        value = value32;
    else if (g_variant_lookup(properties, name, "q", &value16))
        value = value16;
    else
        g_variant_lookup(properties, name, "t", &value);
    return value;
}

gint64
wl_property_int(GVariant *properties, const char *name)
{
    gint64 value = 0;

    g_variant_lookup(properties, name, "x", &value);
    return value;
}

gboolean
wl_property_boolean(GVariant *properties, const char *name)
{
    gboolean value = FALSE;

    g_variant_lookup(properties, name, "b", &value);
    return value;
}

GVariant *
wl_property_value(GVariant *properties, const char *name, const char *type)
{
    return g_variant_lookup_value(properties, name, G_VARIANT_TYPE(type));
}

char *
wl_property_list(GVariant *properties, const char *name, const char *separator)
{
    g_autoptr(GVariant) list = wl_property_value(properties, name, "as");
    g_autofree const char **strings = list ? g_variant_get_strv(list, NULL) : NULL;

    return strings ? g_strjoinv(separator, (char **) strings) : g_strdup("");
}

char **
wl_property_sentences(GVariant *properties, const char *name)
{
    g_autoptr(GVariant) pairs = wl_property_value(properties, name, "a(ss)");
    g_autoptr(GStrvBuilder) sentences = g_strv_builder_new();

    for (gsize i = 0; pairs && i < g_variant_n_children(pairs); i++) {
        const char *sentence;

        g_variant_get_child(pairs, i, "(&s&s)", NULL, &sentence);
        g_strv_builder_add(sentences, sentence);
    }
    return g_strv_builder_end(sentences);
}
