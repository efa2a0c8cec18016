/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-secrets-widget.hpp"

#include <QFormLayout>
#include <QLineEdit>

#include "wl-plasma-setting.hpp"
#include "wl-profile-secrets.h"

namespace
{
bool is_wanted(const WlProfileSecret *secret, const QStringList &hints)
{
    return wl_profile_secret_is_missing(secret) ||
           (!secret->value && hints.contains(QString::fromUtf8(secret->name)));
}

/* Of the user, and so the ones that may be wrong when all are known and NetworkManager asks again. */
bool is_of_user(const WlProfileSecret *secret)
{
    return secret->flags & (NM_SETTING_SECRET_FLAG_AGENT_OWNED | NM_SETTING_SECRET_FLAG_NOT_SAVED);
}
} // namespace

WlSecretsWidget::WlSecretsWidget(const NetworkManager::VpnSetting::Ptr &setting,
                                 const QStringList &hints, QWidget *parent)
    : SettingWidget(setting, parent, {})
    , m_known(setting->secrets())
{
    g_autoptr(NMSettingVpn) vpn = wl_plasma_setting_to_libnm(setting->data(), m_known);
    g_autoptr(GPtrArray) list = wl_profile_list_secrets(vpn);
    auto layout = new QFormLayout(this);
    bool any = false;

    for (guint i = 0; i < list->len; i++)
        any = any || is_wanted(static_cast<WlProfileSecret *>(list->pdata[i]), hints);
    for (guint i = 0; i < list->len; i++) {
        auto secret = static_cast<const WlProfileSecret *>(list->pdata[i]);
        const QString name = QString::fromUtf8(secret->name);

        if (!(any ? is_wanted(secret, hints) : is_of_user(secret)))
            continue;
        g_autofree char *label = wl_profile_secret_label(secret);
        auto field = new QLineEdit(this);
        field->setEchoMode(QLineEdit::Password);
        field->setObjectName(name);
        field->setAccessibleName(QString::fromUtf8(label));
        connect(field, &QLineEdit::textChanged, this, [this] { slotWidgetChanged(); });
        layout->addRow(QString::fromUtf8(label), field);
        if (m_fields.isEmpty()) {
            setFocusProxy(field);
            field->setFocus(); /* in Plasma's window its OK button would have it */
        }
        m_fields.insert(name, field);
    }
}

QVariantMap WlSecretsWidget::setting() const
{
    NMStringMap secrets = m_known;

    for (auto field = m_fields.cbegin(); field != m_fields.cend(); ++field)
        secrets.insert(field.key(), field.value()->text().trimmed());
    return {{QStringLiteral("secrets"), QVariant::fromValue(secrets)}};
}

bool WlSecretsWidget::isValid() const
{
    for (const QLineEdit *field : m_fields)
        if (field->text().trimmed().isEmpty())
            return false;
    return true;
}
