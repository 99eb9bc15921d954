using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Inference.Server.Storage;

/// <summary>Statements in a line each. Values are parameters, named as they are in the statement.</summary>
internal static class SqlExtensions
{
    /// <summary>Runs a statement.</summary>
    /// <returns>How many rows it has changed.</returns>
    public static int Execute(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var command = Command(connection, sql, values);
        return command.ExecuteNonQuery();
    }

    /// <summary>All rows of a query.</summary>
    public static List<T> Query<T>(
        this SqliteConnection connection, string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var command = Command(connection, sql, values);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    /// <summary>A column that may be null.</summary>
    public static T? Get<T>(this SqliteDataReader row, int column) => row.IsDBNull(column) ? default : row.GetFieldValue<T>(column);

    [SuppressMessage("Security", "CA2100", Justification = "Every statement is a constant of this program.")]
    private static SqliteCommand Command(SqliteConnection connection, string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }
}
