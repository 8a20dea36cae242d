#pragma once

#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "option_values.hpp"

namespace umsadm::app {

// What the options of one command line want to have changed in a record, and nothing else of it. An empty text takes a
// field back to its default; the values of an option that may be repeated take the place of all there were.
template <typename Record>
class RecordChanges {
public:
    // The reader of the option for a field; `field` leads from a record to it. This object has to outlive the reader.
    template <typename Field>
    ValueReader into(Field field) {
        return {[this, field](const std::string& text) {
                    read(text, field);
                    remember(field);
                },
                k_repeatable<std::remove_reference_t<std::invoke_result_t<Field, Record&>>>};
    }

    // For a flag: the field gets this value.
    template <typename Field, typename Value>
    void set(Field field, Value value) {
        field(m_given) = std::move(value);
        remember(field);
    }

    bool empty() const noexcept { return m_changes.empty(); }

    // A record with what was given, everything else at its default.
    Record& given() noexcept { return m_given; }

    void apply_to(Record& record) const {
        Record given = m_given;
        for (const auto& change : m_changes) change(given, record);
    }

private:
    template <typename T>
    struct IsList : std::false_type {};
    template <typename T>
    struct IsList<std::vector<T>> : std::true_type {};
    template <typename T>
    static constexpr bool k_repeatable = IsList<T>::value || std::is_same_v<T, Labels>;

    template <typename Field>
    void read(const std::string& text, Field field) {
        auto& given = field(m_given);
        if (text.empty()) {
            Record fresh;
            given = field(fresh);
        } else if constexpr (IsList<std::remove_reference_t<decltype(given)>>::value) {
            read_value(text, given.emplace_back());
        } else {
            read_value(text, given);
        }
    }

    template <typename Field>
    void remember(Field field) {
        m_changes.push_back([field](Record& given, Record& record) { field(record) = field(given); });
    }

    Record m_given;
    std::vector<std::function<void(Record&, Record&)>> m_changes;
};

}  // namespace umsadm::app
