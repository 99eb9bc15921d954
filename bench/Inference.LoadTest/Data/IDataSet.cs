namespace Inference.LoadTest.Data;

/// <summary>Conversations by number: the same number is the same conversation, whoever takes it and when.</summary>
internal interface IDataSet
{
    /// <summary>How many there are; null if there is no end. Numbers beyond it begin again.</summary>
    int? Count { get; }

    Conversation Get(int index);
}
