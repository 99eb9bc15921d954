using System.Text.Json;
using Inference.Protocol.OpenAi;
using Inference.Protocol.OpenAi.Batches;
using Inference.Server.Files;
using Inference.Server.Storage;
using Microsoft.Data.Sqlite;

namespace Inference.Server.Batches;

/// <summary>
/// Batches and their lines in the database. A line's result is written once, with the batch's counts, in one transaction: however the server
/// ends, no line is lost, and none is there twice.
/// </summary>
internal sealed class BatchStore(Database database)
{
    private const string Columns = "owner, body, output_seconds, total, completed, failed";

    /// <summary>Adds a batch.</summary>
    public Task AddAsync(BatchRecord record) => database.WriteAsync(connection => connection.Execute(
        """
        INSERT INTO batches (id, owner, status, body, output_seconds, total, completed, failed)
        VALUES ($id, $owner, $status, $body, $seconds, 0, 0, 0)
        """,
        ("$id", record.Object.Id),
        ("$owner", record.Owner),
        ("$status", record.Object.Status),
        ("$body", Serialize(record.Object)),
        ("$seconds", record.OutputSeconds)));

    /// <summary>Writes what has become of a batch; its counts are not touched.</summary>
    public Task UpdateAsync(BatchObject batch) => database.WriteAsync(connection => Update(connection, batch));

    /// <summary>A batch, or null.</summary>
    public BatchRecord? Find(string id, string owner) => Query("WHERE id = $id AND owner = $owner", ("$id", id), ("$owner", owner)) is [var record, ..] ? record : null;

    /// <summary>An owner's batches, the latest first, one more than asked for when there are more.</summary>
    public IReadOnlyList<BatchRecord> List(string owner, Paging paging) => Query(
        "WHERE owner = $owner AND ($after IS NULL OR seq < (SELECT seq FROM batches WHERE id = $after)) ORDER BY seq DESC LIMIT $limit",
        ("$owner", owner),
        ("$after", paging.After),
        ("$limit", paging.Limit + 1));

    /// <summary>The batches that have not ended, the oldest first.</summary>
    public IReadOnlyList<BatchRecord> Active() => Query("WHERE status NOT IN ('completed', 'failed', 'expired', 'cancelled') ORDER BY seq");

    /// <summary>Whether a batch that has not ended needs a file.</summary>
    public bool Reads(string fileId) => Active().Any(record => record.Object.InputFileId == fileId);

    /// <summary>Begins a batch: its lines, those among them that are wrong, and its new status.</summary>
    public Task BeginAsync(BatchObject batch, IReadOnlyList<InputLine> lines) => database.WriteAsync(connection =>
    {
        // What a server has left that was killed while it validated.
        connection.Execute("DELETE FROM batch_lines WHERE batch_id = $id", ("$id", batch.Id));
        foreach (var line in lines)
        {
            connection.Execute(
                """
                INSERT INTO batch_lines (batch_id, line, start, length, custom_id, is_error, result)
                VALUES ($id, $line, $start, $length, $custom, $error, $result)
                """,
                ("$id", batch.Id),
                ("$line", line.Number),
                ("$start", line.Start),
                ("$length", line.Length),
                ("$custom", line.CustomId),
                ("$error", line.Error is null ? null : 1),
                ("$result", line.Error));
        }

        connection.Execute(
            "UPDATE batches SET total = $total, completed = 0, failed = $failed WHERE id = $id",
            ("$id", batch.Id),
            ("$total", lines.Count),
            ("$failed", lines.Count(line => line.Error is not null)));
        Update(connection, batch);
    });

    /// <summary>Lines that have not run, in order.</summary>
    public IReadOnlyList<InputLine> Pending(string batchId, int after, int count) => database.Read(connection => connection.Query(
        """
        SELECT line, start, length, custom_id FROM batch_lines
        WHERE batch_id = $id AND line > $after AND result IS NULL ORDER BY line LIMIT $count
        """,
        row => new InputLine(row.GetInt32(0), row.GetInt64(1), row.GetInt64(2), row.Get<string>(3)),
        ("$id", batchId),
        ("$after", after),
        ("$count", count)));

    /// <summary>Writes a line's result, unless it has one.</summary>
    public Task SaveAsync(string batchId, int line, bool isError, byte[] result) => database.WriteAsync(connection =>
    {
        var written = connection.Execute(
            "UPDATE batch_lines SET is_error = $error, result = $result WHERE batch_id = $id AND line = $line AND result IS NULL",
            ("$id", batchId),
            ("$line", line),
            ("$error", isError ? 1 : 0),
            ("$result", result));
        connection.Execute(
            "UPDATE batches SET completed = completed + $completed, failed = failed + $failed WHERE id = $id",
            ("$id", batchId),
            ("$completed", isError ? 0 : written),
            ("$failed", isError ? written : 0));
    });

    /// <summary>Results in the order of their lines.</summary>
    public IReadOnlyList<(int Line, byte[] Result)> Results(string batchId, bool isError, int after, int count) => database.Read(connection => connection.Query(
        "SELECT line, result FROM batch_lines WHERE batch_id = $id AND line > $after AND is_error = $error ORDER BY line LIMIT $count",
        row => (row.GetInt32(0), row.GetFieldValue<byte[]>(1)),
        ("$id", batchId),
        ("$after", after),
        ("$error", isError ? 1 : 0),
        ("$count", count)));

    /// <summary>Ends a batch: the files of its results, and its lines no longer.</summary>
    public Task EndAsync(BatchObject batch, IEnumerable<StoredFile> files) => database.WriteAsync(connection =>
    {
        foreach (var file in files)
        {
            FileStore.Add(connection, file);
        }

        connection.Execute("DELETE FROM batch_lines WHERE batch_id = $id", ("$id", batch.Id));
        Update(connection, batch);
    });

    private static void Update(SqliteConnection connection, BatchObject batch) => connection.Execute(
        "UPDATE batches SET status = $status, body = $body WHERE id = $id", ("$id", batch.Id), ("$status", batch.Status), ("$body", Serialize(batch)));

    private List<BatchRecord> Query(string condition, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        if (!database.IsOpen)
        {
            return [];
        }

        var copies = values.ToArray();
        return database.Read(connection => connection.Query($"SELECT {Columns} FROM batches {condition}", Read, copies));
    }

    private static BatchRecord Read(SqliteDataReader row)
    {
        var batch = JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(1), OpenAiJsonContext.Default.BatchObject)!;
        return new BatchRecord(
            row.GetString(0),
            batch with { RequestCounts = new BatchRequestCounts(row.GetInt32(3), row.GetInt32(4), row.GetInt32(5)) },
            row.Get<long?>(2));
    }

    private static byte[] Serialize(BatchObject batch) => JsonSerializer.SerializeToUtf8Bytes(batch, OpenAiJsonContext.Default.BatchObject);
}
