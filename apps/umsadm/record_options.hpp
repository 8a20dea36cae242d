#pragma once

#include "umsadm/registry/login.hpp"

#include "command.hpp"
#include "login_options.hpp"
#include "record_changes.hpp"

namespace umsadm::app {

// The reader of the option for a field of a record.
template <typename Record, typename Field>
ValueReader into(RecordChanges<Record>& changes, Field Record::*field) {
    return changes.into([field](Record& record) -> Field& { return record.*field; });
}

// The login options of "add" and "edit": they change the record.
template <typename Record>
void add_stored_login_options(Command& command, RecordChanges<Record>& changes) {
    const auto field_of = [](auto field) {
        return [field](Record & record) -> auto& { return record.login.*field; };
    };
    add_login_options(
        command, [&changes, field_of](auto field) { return changes.into(field_of(field)); },
        [&changes, field_of](auto field, bool value) {
            return [&changes, field_of, field, value] { changes.set(field_of(field), value); };
        });
}

}  // namespace umsadm::app
