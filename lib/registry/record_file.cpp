#include "lib/registry/record_file.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"

namespace umsadm {
namespace {

constexpr std::int64_t k_schema = 1;
constexpr std::size_t k_deepest = 8;
constexpr std::size_t k_most_fields = 1000;
constexpr std::string_view k_hint = "correct the file by hand, or put it back from a backup";

Error not_json(std::string_view text, std::size_t byte) {
    const std::string_view before = text.substr(0, std::min(byte, text.size()));
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    return Error(Code::invalid_data, fmt::format("not valid JSON at line {}", line), std::string(k_hint));
}

// Puts a value together as the parser of nlohmann reads it, and refuses what a record must not have. Its own builder
// takes the last of several fields with one name, silently: two readers that see different values in one file are a way
// to smuggle something past a reviewer.
class StrictBuilder {
public:
    explicit StrictBuilder(std::string_view text) : m_text(text) {}

    nlohmann::json take() { return std::move(m_root); }

    // What nlohmann's parser calls, with nlohmann's names.
    bool null() { return add(nullptr); }
    bool boolean(bool value) { return add(value); }
    bool number_integer(std::int64_t value) { return add(value); }
    bool number_unsigned(std::uint64_t value) { return add(value); }
    bool number_float(double value, const std::string&) { return add(value); }
    bool string(std::string& value) { return add(std::move(value)); }
    bool binary(nlohmann::json::binary_t&) { return false; }  // JSON as text has none
    bool start_object(std::size_t) { return open(nlohmann::json::object()); }
    bool end_object() { return close(); }
    bool start_array(std::size_t) { return open(nlohmann::json::array()); }
    bool end_array() { return close(); }
    bool key(std::string& name) {
        auto& object = m_open.back()->get_ref<nlohmann::json::object_t&>();
        if (object.size() == k_most_fields) {
            refuse(fmt::format("an object in the JSON has more than {} fields", k_most_fields));
        }
        const auto [field, added] = object.try_emplace(std::move(name));
        if (!added) refuse(fmt::format("field {} is there twice", nlohmann::json(field->first).dump()));
        m_value = &field->second;
        return true;
    }
    bool parse_error(std::size_t byte, const std::string&, const nlohmann::json::exception& problem) {
        // Not the text: a number that no type can hold (1e999).
        if (dynamic_cast<const nlohmann::json::parse_error*>(&problem) == nullptr) {
            refuse("a number in the JSON is too large");
        }
        throw not_json(m_text, byte);
    }

private:
    [[noreturn]] static void refuse(std::string message) {
        throw Error(Code::invalid_data, std::move(message), std::string(k_hint));
    }

    template <typename Value>
    nlohmann::json& place(Value&& value) {
        if (m_open.empty()) return m_root = std::forward<Value>(value);
        nlohmann::json& parent = *m_open.back();
        if (parent.is_array()) return parent.emplace_back(std::forward<Value>(value));
        return *m_value = std::forward<Value>(value);
    }

    template <typename Value>
    bool add(Value&& value) {
        place(std::forward<Value>(value));
        return true;
    }

    bool open(nlohmann::json empty) {
        if (m_open.size() == k_deepest) refuse("the JSON is nested too deeply");
        m_open.push_back(&place(std::move(empty)));
        return true;
    }

    bool close() {
        m_open.pop_back();
        return true;
    }

    std::string_view m_text;
    nlohmann::json m_root;
    std::vector<nlohmann::json*> m_open;  // objects and arrays, the innermost last
    nlohmann::json* m_value = nullptr;    // of the field whose name was read last
};

void check_schema(RecordReader& reader) {
    const std::int64_t schema = reader.number("schema", 1, std::numeric_limits<std::int64_t>::max());
    if (schema > k_schema) {
        throw Error(
            Code::invalid_data,
            fmt::format("this file was written by a newer umsadm (schema {}, this one knows {})", schema, k_schema),
            "use the newer umsadm");
    }
}

}  // namespace

nlohmann::json parse_json(std::string_view text) {
    StrictBuilder builder(text);
    (void)nlohmann::json::sax_parse(text, &builder);  // what is wrong is thrown
    return builder.take();
}

void read_record(const Path& path, const std::function<void(RecordReader&)>& read) {
    with_context("reading " + path.string(), [&] {
        const nlohmann::json json = parse_json(as_text(read_file(path, k_record_limit)));
        RecordReader reader(json);
        check_schema(reader);
        read(reader);
        reader.finish();
    });
}

nlohmann::ordered_json new_record() { return {{"schema", k_schema}}; }

std::string record_text(const nlohmann::ordered_json& record) { return record.dump(2) + '\n'; }

std::string line_text(const nlohmann::ordered_json& line) {
    return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace umsadm
